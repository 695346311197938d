// Package alibabatest emulates the customer gateway API of Alibaba Cloud (VPC API 2016-04-28)
// on the wire, as net/http/httptest does servers: for tests of package alibaba, and of any
// other client of that API in any language.
//
//	s := alibabatest.NewServer(alibabatest.Options{})
//	defer s.Close()
//	p, err := alibaba.New(s.Config())
//
// It is strict where the service is known to be, and says below where it only supposes.
//
// # What it models
//
// Operations: CreateCustomerGateway, DescribeCustomerGateway, DescribeCustomerGateways,
// ModifyCustomerGatewayAttribute, DeleteCustomerGateway, DescribeVpnConnections (its filters
// by ID alone), TagResources, UnTagResources and ListTagResources for the type CUSTOMERGATEWAY.
//
//   - Parameters, limits, replies and codes of Create are those of the document of
//     CreateCustomerGateway (2021), with the parameters that the API has gained since: AuthKey,
//     Tags and ResourceGroupId, from the comments of the vendor's Go SDK
//     (github.com/alibabacloud-go/vpc-20160428/v7). Options.CurrentLimits takes the lengths and
//     addresses from there too. Letters are those of any script. The address has to be public
//     by the document of 2021; the documentation ranges of RFC 5737 count as public.
//   - The other operations follow the SDK's comments, and the vendor's pages on them for codes:
//     a page holds 1 to 50 gateways, 10 by default; there is no filter by address or name; the
//     ASN is a text in requests and a number in replies; the AuthKey is shown in clear; the
//     create reply has no ASN, tags or group, and leaves out a name that is not set.
//   - The quota of 100 gateways a region is from "Limits" of VPN Gateway (2021).
//   - Flattened lists count from 1. They are Tags.1.Key on create, Tag.1.Key elsewhere.
//   - Tag codes are those that the platform's tag operations document for other products.
//   - ClientToken follows the vendor's page on idempotence (help document 36569): the same
//     token and parameters give the first result again and change nothing, even when the
//     gateway is gone since; other parameters are IdempotentParameterMismatch; a first
//     request that still runs is LastTokenProcessing; a refusal frees the token. It is checked
//     before anything but the form of the request.
//   - Requests are signed with ACS3-HMAC-SHA256, or with the RPC scheme HMAC-SHA1 version 1.0
//     with the parameters in the query, in a form, or in both, by GET or POST. The clock may
//     be 15 minutes off, and a nonce is good once in that time. Headers named x-acs-* and host
//     have to be signed, and so has the type of a body. Header names may be in any case.
//   - Errors have their HTTP status and the body {RequestId, HostId, Code, Message, Recommend},
//     in JSON, or in XML where Format=XML asks for it. The message of SignatureDoesNotMatch
//     tells what the service signed, parameters included: a client must not let it out.
//   - Reads may lag behind writes (Options.ReadLag), requests may be throttled (Options.Rate),
//     late (Options.Latency) or struck by a fault (State.Inject; see package wire). Latency and
//     delays pass in real time, everything else by Options.Now.
//
// # What it supposes
//
// No document says the following, so do not rely on it. An empty text is absent on create and
// refused on modify. An ASN, AuthKey, ClientToken or page that is not valid is
// InvalidParameter. A parameter that an operation does not have is UnsupportedParameter,
// where the real service may pass over it in silence. The address, once free, may be used
// again at once. A tag filter with an empty value wants an empty value. A token is remembered
// by action, and for ever unless Options.TokenLife says otherwise; a repeated reply has a
// request ID of its own. TagResources changes all the gateways that it names or none, and
// more than 20 tags on one are QuotaExceeded. Of the order of checks only this is meant: what
// is asked for, who asks, the rate, the region, the token, the parameters, then the state.
//
// # What it does not model
//
// Other regions, accounts and resource groups (any group ID is taken, and one default group
// stands for those that name none); permissions; the creation of VPN gateways and connections
// (see State.AddConnection); the states that a VPN gateway goes through; the algorithms
// ACS3-HMAC-SM3 and ACS3-RSA-SHA256; bearer tokens; AccessDeniedDetail and the
// x-acs-retry-after header (inject them with wire.Replace).
package alibabatest
