// Package alibaba looks after customer gateways on Alibaba Cloud (VPC API 2016-04-28) through
// the vendor's SDK. Its [Provisioner] implements cgw.Provisioner.
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
// [DefaultCredentials] finds the keys where the SDK does. A zero field of [Config] means its
// documented default; the default endpoint is the one that the SDK has for the region. [Rules]
// has the limits of the vendor's documents: today's service takes other names and private
// addresses, for which there is cgw.Minimal.
//
// # What the cloud has
//
// A gateway has a name, a description, an address, an ASN, tags, a resource group and an
// AuthKey. The ASN cannot be changed. The AuthKey is never returned, although the service
// does. The reply to a create has no ASN, tags or group: they are as asked for in its result.
// The list of the service filters by ID and tags only: List compares addresses and names, and
// reads every page for them.
//
// # Creating once
//
// Every attempt of one Create carries the same ClientToken, so that the service makes one
// gateway however often it is asked. Its errors have the token: another Create with the same
// token and the same fields, in another process perhaps, resumes the first one. How long the
// service knows a token is not documented.
//
// # Errors
//
// Every error is a *cgw.Error. If the service answered with a code, errors.As finds *tea.SDKError
// of the SDK's package tea/tea. If no reply was received, errors.Is finds the error of the network,
// such as syscall.ECONNREFUSED. The SDK's error never holds a link, nor anything computed from the
// request, nor the AuthKey, although the SDK sends that in the URL. docs/errors.md lists the codes.
//
// # Connections
//
// A Provisioner has a pool of at most 64 connections of its own, unless Config.HTTPClient is
// set; the process-wide pool of the SDK is not used. TLS below 1.2, redirects and replies over
// 3 MiB are refused. Each attempt takes at most Config.AttemptTimeout, and so does getting
// the credentials for it.
// After an attempt that timed out, new requests use new connections; an HTTP/2 connection on
// which nothing comes is given up within 6 seconds.
//
// # The environment
//
// cgw reads it in DefaultCredentials alone. Besides, net/http reads HTTP_PROXY, HTTPS_PROXY and
// NO_PROXY when the program first sends a request, for the pool of the Provisioner's own.
//
// The SDK reads the same variables for every request. What it makes of them is not used, and
// the password of a proxy, which it would add to the request, is taken out again; but a
// variable that is no URL fails the request with cgw.ErrUnavailable, whatever Config.HTTPClient
// is. With DEBUG=dara in the environment when the program starts, the SDK prints each request
// to the standard output, with the URL, the security token, the signature and the AuthKey.
//
// # Concurrency
//
// A Provisioner is safe for concurrent use. Creates of one address through one Provisioner wait
// for each other.
package alibaba
