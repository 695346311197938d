// Package alibaba manages customer gateways on Alibaba Cloud (VPC API 2016-04-28) through the
// vendor's SDK. Its [Provisioner] implements cgw.Provisioner.
//
//	p, err := alibaba.New(alibaba.Config{
//		Region:      "cn-hangzhou",
//		Credentials: alibaba.StaticCredentials(accessKeyID, accessKeySecret, ""),
//	})
//	if err != nil {
//		return err
//	}
//	defer p.Close()
//	g, err := p.Create(ctx, cgw.CreateRequest{IPAddress: netip.MustParseAddr("58.211.1.12"), Name: "office"})
//
// [DefaultCredentials] finds credentials in the environment, in files, or from the role of the
// instance. A zero field of [Config] means its documented default. The default endpoint is the one
// that the SDK has for the region. [Rules] has the limits of the vendor's documents. The service
// now also accepts other names and private addresses, which cgw.Current and cgw.Minimal allow.
//
// # What the cloud has
//
// A gateway has a name, a description, an address, an ASN, tags, a resource group and an AuthKey.
// The ASN cannot be changed. cgw never returns the AuthKey, although the service does. The reply to
// a create has no ASN, tags or group: the result of Create has them as requested. The list of the
// service filters by ID and tags only: List compares addresses and names itself, and reads every
// page for that.
//
// # Creating once
//
// Every attempt of one Create carries the same ClientToken, so that the service makes one gateway
// however often it is asked. Its errors have the token: another Create with the same token and the
// same fields resumes the first one, also in another process. How long the service remembers a
// token is not documented.
//
// # Errors
//
// Every error is a *cgw.Error. If the service answered with a code, errors.As finds *tea.SDKError
// of the SDK's package tea/tea. If no reply was received, errors.Is finds the error of the network,
// such as syscall.ECONNREFUSED. The SDK's error never contains a URL, anything computed from the
// request, or the AuthKey, although the SDK sends that in the URL. docs/errors.md lists the codes.
//
// # Connections
//
// A Provisioner has a pool of at most 64 connections of its own, unless Config.HTTPClient is set;
// the process-wide pool of the SDK is not used. TLS below 1.2, redirects and replies over 3 MiB are
// refused. Each attempt takes at most Config.AttemptTimeout, and so does getting the credentials
// for it. After an attempt that timed out, new requests use new connections; an HTTP/2 connection
// on which nothing arrives is given up within 6 seconds.
//
// # The environment
//
// Within cgw, only DefaultCredentials reads environment variables. For the Provisioner's own pool,
// net/http also reads HTTP_PROXY, HTTPS_PROXY and NO_PROXY, when the program first sends a request.
//
// The SDK reads the same variables for every request. cgw does not use the result, and removes the
// password of a proxy that the SDK adds to the request. But a variable that is not a URL fails the
// request with cgw.ErrUnavailable, whatever Config.HTTPClient is. With DEBUG=dara in the
// environment when the program starts, the SDK prints each request to the standard output, with the
// URL, the security token, the signature and the AuthKey.
//
// # Concurrency
//
// A Provisioner is safe for concurrent use. Creates of one address through one Provisioner wait
// for each other.
package alibaba
