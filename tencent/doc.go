// Package tencent manages customer gateways on Tencent Cloud (VPC API 2017-03-12) through the
// vendor's SDK. Its [Provisioner] implements cgw.Provisioner.
//
//	p, err := tencent.New(tencent.Config{
//		Region:      "ap-guangzhou",
//		Credentials: tencent.StaticCredentials(secretID, secretKey, ""),
//	})
//	if err != nil {
//		return err
//	}
//	defer p.Close()
//	g, err := p.Create(ctx, cgw.CreateRequest{IPAddress: netip.MustParseAddr("58.211.1.12"), Name: "office"})
//
// [DefaultCredentials] finds credentials in the environment, in files, or from the role of the
// instance. A zero field of [Config] means its documented default. The default endpoint is that
// of the international site; [ChinaEndpoint] is that of the Chinese site. [Rules] has the limits
// of the vendor's documents.
//
// # What the cloud has
//
// A gateway has a name, an address, tags and, on the Chinese site, an ASN. Descriptions,
// resource groups, AuthKeys and client tokens are refused before anything is sent. An ASN that
// the service does not confirm is left 0 in the result of Create and logged at warn. Tags are
// in a separate service: Get needs two requests, and List one more for every 50 gateways. The
// times of the service have no zone. cgw reads them as UTC+8: the vendor does not document
// that, but the service's other operations suggest it.
//
// # Creating once
//
// The API has no idempotency token. After an attempt of unknown outcome, Create looks for the
// gateway at the address before it sends another create. It returns a gateway that it finds only if
// that has the same name, ASN and tags and was made after the first attempt. cgw cannot tell it
// from a gateway with the same name, ASN and tags that another program creates during the call, or
// up to two seconds before.
//
// # Errors
//
// Every error is a *cgw.Error. If the service answered with a code, errors.As finds
// *errors.TencentCloudSDKError of the SDK's package tencentcloud/common/errors. If no reply was
// received, errors.Is finds the error of the network, such as syscall.ECONNREFUSED. The SDK's error
// never contains a URL or anything computed from the request. docs/errors.md lists the codes.
//
// # Connections
//
// A Provisioner has a pool of at most 64 connections of its own, unless Config.HTTPClient is set.
// TLS below 1.2, redirects and replies over 3 MiB are refused. Each attempt takes at most
// Config.AttemptTimeout, and so does getting the credentials for it. After an attempt that timed
// out, new requests use new connections; an HTTP/2 connection on which nothing arrives is given up
// within 6 seconds.
//
// # The environment
//
// Within cgw, only DefaultCredentials reads environment variables. For the Provisioner's own
// pool, net/http also reads HTTP_PROXY, HTTPS_PROXY and NO_PROXY, when the program first sends a
// request. The SDK reads nothing for the operations that cgw uses. Its process-wide
// common.DefaultHttpClient must not be set when New is called: the SDK would share that client
// and change it.
//
// # Concurrency
//
// A Provisioner is safe for concurrent use. Creates of one address through one Provisioner wait
// for each other.
package tencent
