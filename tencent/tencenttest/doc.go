// Package tencenttest emulates Tencent Cloud's service of customer gateways over HTTP. A test
// starts a [Server], uses it with any correct client of the API, in any language, and then looks
// at the gateways that the service holds.
//
//	s := tencenttest.NewServer(tencenttest.Options{})
//	defer s.Close()
//	p, err := tencent.New(s.Config())
//
// [NewHandler] is the same as an http.Handler. Everything is in memory, in one region of one
// account. With [State] a test adds gateways, reads and saves them, and injects faults.
//
// # What it models
//
// The source of each rule is in brackets: [create] is the API document of CreateCustomerGateway
// (2024-11-25); [sdk] the official SDK for Go, vpc v1.3.115, and its texts on parameters and codes;
// [tagsdk] the same of tag v1.1.0; [run] what the official SDKs for Go, Python and Node.js were
// seen to send to a server; [common] the vendor's table of common error codes
// (cloud.tencent.com/document/product/1388/114322); [example] the vendor's examples of replies, as
// its command line tool has them; [chosen] a choice of this package, because no document says it.
//
// A test compares every action with the vendor's machine-readable definition of it, which is in
// testdata: parameters and their types, what is required, what a reply always has. Another test
// allows an action only the codes that the vendor lists for it. The few differences are listed in
// the tests, each with its source. Limits of fields are those of tencent.Rules.
//
// Transport. POST of JSON or multipart/form-data, and GET, signed by TC3-HMAC-SHA256, with any list
// of SignedHeaders that has content-type and host, or with UNSIGNED-PAYLOAD; GET and form POST
// signed by HmacSHA1 or HmacSHA256. The signature is checked against the raw query; the host may be
// signed with or without its port, the path as / or as sent, header values as sent or in lower
// case; the service is read from the credential's scope [run]. A part of a multipart body is text,
// as in a query, or JSON if its Content-Type says so, as the SDK for Python sends lists. Every
// action takes such bodies; the vendor says that some do [chosen]. Sizes are limited to 32 KiB
// (GET), 1 MiB (form) and 10 MiB (JSON, multipart) [cloud.tencent.com/document/product/1278/46710].
// Clocks may be five minutes apart [common]. A signature of version 1 can be used only once
// [chosen: AuthFailure.SignatureFailure], but requests may share Nonce and Timestamp [run: the SDK
// for Node.js draws a Nonce of 16 bits]. The order of checks is: credential, clock, signature,
// token, version, action, region, rate, parameters [chosen].
//
// Replies. Always status 200, the header Content-Type without a charset [run], one member
// Response with its own RequestId [tencentcloud.com/document/product/597/35338]. Messages are
// English and this package's own. CreatedTime is in UTC+8 without a zone: no document says so,
// but another operation of the API suggests it.
//
// Parameters. Types are strict, unknown names are refused, flat lists may begin at any number; null
// is refused for every type [chosen]. An empty required text counts as missing [chosen: some SDKs
// do not send it], except keys and values of tags, which have codes of their own.
//
// CreateCustomerGateway: a name of at most 60 characters, an address and tags [create]; BgpAsn from
// 1 to 4294967295 without 139341, 45090 and 58835 [sdk]. Refused addresses are those of
// tencentcloud.com/document/product/1037/32682 (2025-10), with InvalidParameterValue [chosen];
// private ones are accepted, because no document refuses them. An address can have one gateway
// [create: InvalidParameterValue.Duplicate]; this is checked before the quota [chosen].
//
// DescribeCustomerGateways: at most 100 IDs, or 10 filters of 5 values; pages of 20, at most 100
// [sdk]. Values of filters match exactly [chosen]. Gateways come in the order of creation, oldest
// first, and Offset counts in the live list [chosen]. IDs must look like cgw- and eight lower-case
// letters or digits, as in every example [chosen]. An ID that does not exist is ResourceNotFound
// [sdk], or skipped, see [Options.EmptyOnUnknownIDs]; a filter never fails because of one.
//
// ModifyCustomerGatewayAttribute requires the name, and changes the ASN if one is given.
// DeleteCustomerGateway answers UnsupportedOperation.RecordNotExists to an ID that does not exist
// and ResourceInUse while a VPN connection uses the gateway [sdk]. DescribeVpnConnections shows
// seeded connections, with its documented filters [sdk] and all fields; fields that [Connection]
// lacks are always the same [example], except the address of the gateway.
//
// DescribeVpcLimits knows the documented names, at most 100 in a request [sdk]. The limit of
// customer gateways is [Options.Quota], or 2147483647 without a quota [chosen]; the other limits
// are not enforced [example]. DescribeCustomerGatewayVendors answers two vendors [example].
//
// Tags. Limits of count, length, characters and reserved prefixes are those of
// tencentcloud.com/document/product/651/13354 (2025-09-02) and, for the prefixes qcloud and
// tencent, [tagsdk]. ModifyResourceTags, TagResources, UnTagResources (with FailedResources inside
// a success), DescribeResourceTagsByResourceIds, DescribeResourceTags, DescribeResourcesByTags and
// GetResources follow [tagsdk]. A resource that does not exist is
// InvalidParameterValue.ResourceDescriptionError; a key to remove that does not exist is skipped
// [chosen]. More than 10 tags, or a key twice, is InvalidParameter.Tag for ModifyResourceTags,
// which has no code for that alone [chosen]. The Category of a tag to bind is accepted and ignored
// [chosen: its text in tagsdk is about replies]. AttachResourcesTag and DetachResourcesTag change
// all of at most 50 resources, or none; the tag need not have been created, a gateway that does
// not exist is InvalidParameterValue.ResourceIdInvalid, a key that is too long InvalidParameter
// [chosen]; attaching a key that exists, or detaching one that does not, is refused [tagsdk]. No
// document gives a maximum of Limit, and none is enforced.
//
// Rates, when [Options] ask for them, are for each action: 100 a second [create], and 20 for
// most of the tag service [tencentcloud.com/document/product/651/33003], as a bucket that holds
// one second's requests [chosen].
//
// # What it does not model
//
// Other resources, and permissions: every signed request is allowed. Accounts that cannot change an
// ASN, tags that are being changed, and failures of the service: inject a [wire.Fault] that refuses
// with their code. Tag policies, the account's limits of keys and values. Languages: X-TC-Language
// is accepted and ignored. The options of VPN connections, such as BGP, health checks and tags. The
// lower rate of DescribeVpcLimits (20 a second).
package tencenttest
