// Package alibabatest emulates the customer gateway API of Alibaba Cloud (VPC API 2016-04-28)
// over HTTP, for tests of package alibaba and of any other client of that API, in any language.
//
//	s := alibabatest.NewServer(alibabatest.Options{})
//	defer s.Close()
//	p, err := alibaba.New(s.Config())
//
// It is strict where the service is known to be strict. Its assumptions are listed below.
//
// # What it models
//
// Operations: CreateCustomerGateway, DescribeCustomerGateway, DescribeCustomerGateways,
// ModifyCustomerGatewayAttribute, DeleteCustomerGateway, DescribeVpnConnection,
// DescribeVpnConnections, and TagResources, UnTagResources and ListTagResources for the type
// CUSTOMERGATEWAY.
//
//   - Parameters are those of the vendor's machine-readable definitions (aliyun/
//     aliyun-openapi-meta, 2026-04), a copy of which is in testdata; replies have the fields and
//     types of the vendor's Go SDK (github.com/alibabacloud-go/vpc-20160428/v7 v7.0.0). Tests
//     compare both, and list the differences.
//   - Limits are those of alibaba.Rules: the document of CreateCustomerGateway (2021), and the
//     SDK's comments for newer parameters. Options.CurrentLimits enforces alibaba.CurrentRules.
//     Letters are those of any script. The address must be public by the document of 2021; the
//     documentation ranges of RFC 5737 count as public. Tag keys must differ in more than case, as
//     the platform documents for ECS: no page of the VPC says so. Control characters are accepted.
//   - The codes of gateways and connections are those of the vendor's pages on each operation
//     (AlibabaCloudDocs/vpn, 2021). A page holds 1 to 50 gateways, 10 by default; there is no
//     filter by address or name; the ASN is a text in requests and a number in replies; the AuthKey
//     is shown in plain text; the create reply has no ASN, tags or group, and leaves out a name
//     that is not set.
//   - The quota of 100 gateways a region is from "Limits" of VPN Gateway (2021).
//   - A gateway is in use while a connection uses it, or one of the two tunnels of a connection in
//     dual-tunnel mode. Connections are seeded (State.SeedConnections). Fields that a Connection
//     lacks have the defaults of the SDK's comments on CreateVpnConnection. Fields of a VPN
//     gateway, a transit router or two tunnels are shown only if the connection has these.
//   - Flattened lists count from 1. They are Tags.1.Key on create, Tag.1.Key elsewhere.
//   - Tag codes are those that the platform's tag operations document for other products.
//   - ClientToken follows the vendor's page on idempotence (help document 36569): the same token
//     and parameters give the first result again and change nothing, even if the gateway was
//     deleted since; other parameters are IdempotentParameterMismatch; a first request that still
//     runs is LastTokenProcessing; a refusal frees the token. It is checked before the other
//     parameters.
//   - Requests are signed with ACS3-HMAC-SHA256, or with the RPC scheme HMAC-SHA1 version 1.0
//     with the parameters in the query, in a form, or in both, by GET or POST. The clock may be
//     wrong by 15 minutes, and a nonce can be used only once in that time. Headers named
//     x-acs-* and host have to be signed, and so has the type of a body. Header names may be in
//     any case.
//   - A request without an access key ID is MissingAccessKeyId (aliyun/alibabacloud-csharp-sdk#40,
//     2025), one without a time MissingTimestamp (rfancn/aliyun-ddns-client#13, 2017). A wrong
//     clock is InvalidTimeStamp.Expired, or IllegalTimestamp by option
//     (aliyun/aliyun-openapi-python-sdk#41, 2017).
//   - The message of SignatureDoesNotMatch tells what the service signed, parameters included, in
//     the form of aliyun/alibabacloud-csharp-sdk#40 (2025) for ACS3 and of dromara/SMS4J#34 (2025)
//     for RPC: a client must not show it.
//   - Errors have their HTTP status and the body {RequestId, HostId, Code, Message, Recommend}, in
//     JSON, or in XML if Format=XML asks for it. Recommend is a link that has the code, the product
//     and the request ID (dromara/SMS4J#34, 2025).
//   - Reads of gateways may lag behind writes (Options.ReadLag), requests may be throttled
//     (Options.Rate), delayed (Options.Latency) or struck by a fault (State.Inject; see package
//     wire). Latency and delays pass in real time, everything else by Options.Now.
//   - Options.OnlyResourceGroup emulates a user who may see only one resource group
//     (aliyun/terraform-provider-alicloud#5191).
//
// # What it assumes
//
// No document says the following. Do not rely on it. An empty text is absent on create and refused
// on modify. An ASN, AuthKey, ClientToken or page that is not valid is InvalidParameter. A
// parameter that an operation does not have is UnsupportedParameter, while the real service may
// ignore it silently. The address, once free, may be used again at once. A tag filter with an empty
// value matches only an empty value. TagResources takes a tag without a value as one with an empty
// value, as its definition allows; the SDK's comment calls the value required. UnTagResources
// without keys and without All is MissingParameter. A list of connections by customer gateway also
// has those that use it in one of two tunnels, unless Options.TunnelsUnlisted. A token is
// remembered by action, and forever unless Options.TokenLife is set; a repeated reply has a new
// request ID. TagResources changes all the gateways that it names or none, and more than 20 tags on
// one are QuotaExceeded. The order of checks is: the action, the signature, the rate, the region,
// the token, the parameters, the state. Do not rely on any order within these.
//
// # What it does not model
//
// Other regions and accounts; resource groups themselves (any group ID is accepted, and gateways
// without one are in one default group); permissions, except for the lists of
// Options.OnlyResourceGroup; the creation of VPN gateways and connections, and the negotiation,
// health and BGP state that connections show; the states that a VPN gateway goes through; the
// algorithms ACS3-HMAC-SM3 and ACS3-RSA-SHA256; bearer tokens; AccessDeniedDetail and the
// x-acs-retry-after header (inject them with wire.Replace).
package alibabatest
