// Package cgw creates and manages customer gateways on Tencent Cloud and Alibaba Cloud through
// one interface. A customer gateway is the cloud's record of an on-premises VPN device: a public
// IP address, a name, perhaps a BGP ASN.
//
// This package is the contract: the roles [Creator], [Getter], [Lister], [Updater] and [Deleter],
// which make up a [Provisioner], their requests and results, and the errors. It imports the
// standard library alone. The clouds are the packages [github.com/cgw-go/cgw/tencent] and
// [github.com/cgw-go/cgw/alibaba]. A program links the SDK of those that it imports.
//
//	p, err := tencent.New(tencent.Config{
//		Region:      "ap-guangzhou",
//		Credentials: tencent.StaticCredentials(id, key, ""),
//	})
//	if err != nil {
//		return err
//	}
//	defer p.Close()
//	g, err := p.Create(ctx, cgw.CreateRequest{
//		IPAddress: netip.MustParseAddr("203.0.113.7"),
//		Name:      "office",
//	})
//
// Code that uses gateways should take the smallest role that it needs, and let its caller choose
// the cloud. A field that a cloud does not have is never dropped: setting it is an error, see
// Validation.
//
// Two packages build on this one. [github.com/cgw-go/cgw/ensure] brings gateways to a desired
// state: one gateway, or those of many regions, on request with a plan first.
// [github.com/cgw-go/cgw/middleware] adds logging, hooks, a policy or read-only access to a
// Provisioner.
//
// # Errors
//
// Every operation returns an [*Error]. errors.Is with a sentinel says what to do about it.
// errors.As gives the fields of the Error, or the SDK's own error:
//
//	var e *cgw.Error
//	switch {
//	case errors.Is(err, cgw.ErrAlreadyExists) && errors.As(err, &e):
//		// e.ConflictingIDs has the gateway at the address
//	case errors.Is(err, cgw.ErrOutcomeUnknown):
//		// look before repeating it
//	case cgw.IsRetryable(err):
//		// try again later
//	}
//
// A request that cgw refuses and one that the service refuses satisfy the same sentinel. If cgw
// does not know the service's error code, Kind is nil and Code is that code, unchanged.
//
// [Error.Outcome] says whether a failed write took effect. If cgw could not find out, the error
// also satisfies [ErrOutcomeUnknown]. [OutcomeOf] and [IsRetryable] answer for any error, wrapped
// or not.
//
// The text of an error is one line of at most 1 KiB. It has no URL, no query, no credential and
// no AuthKey. Do not match on it: it may change.
//
// # Retries
//
// A Provisioner retries requests by itself, within the limits of Config.Retry, a [RetryPolicy]. A
// read is retried after any transient fault. A write is retried only if the last attempt certainly
// had no effect, or if it is idempotent. One call of Create makes at most one gateway. On Alibaba
// Cloud all attempts of a call carry one ClientToken, an idempotency token. Tencent Cloud has no
// such token, so cgw looks for the gateway by its address before a retry. A later version may
// retry other requests, or with another backoff. It will still make at most one gateway in one
// Create.
//
// Create and Delete return before reads of the service show the change. [WaitVisible] and
// [WaitGone] wait for that.
//
// # Concurrency
//
// Everything that implements a role is safe for concurrent use by multiple goroutines. Make one
// Provisioner for a region and share it: it holds a pool of connections and the limit on the rate
// of requests. cgw does not change a request. Results share no memory with them or with each
// other.
//
// # Context
//
// A context limits a whole call, retries and waits included. When it ends, the call returns at
// once. The error satisfies errors.Is for the context's own error and its cause, and keeps the
// service's last answer. A write that was cut short also satisfies [ErrOutcomeUnknown]. If only a
// single attempt takes too long, the error is [ErrUnavailable] and does not satisfy
// context.DeadlineExceeded.
//
// # Validation
//
// [Rules] are a cloud's limits as data. A request is checked against them before anything is sent.
// A refusal is a [*ValidationError] with every fault at once, in field order. Each is a
// [*FieldError] with the rule and its source. If the cloud does not have the field, it satisfies
// [ErrUnsupported]. [Portable] combines the rules of several clouds into those of a request that
// all accept.
//
// The limits of the services change. Config.Validation chooses which are checked: those of the
// documents that cgw was made for ([Documented]), those of today's documents ([Current]), or only
// what is certainly wrong ([Minimal]).
//
// # Abilities beyond the roles
//
// What a Provisioner can do beyond the roles is an interface of one method: [Ruled], [Located],
// [Checker]. [As] finds it, also below middleware.
//
// # Secrets
//
// A [Secret], such as [CreateRequest.AuthKey], is replaced by "[redacted]" wherever it is printed,
// marshaled or logged. That text cannot be read back as a value. Credentials stay with the SDKs.
// Only DefaultCredentials of a provider reads them from the environment.
//
// # Testing
//
// Package [github.com/cgw-go/cgw/cgwtest] has a Fake, which is a Provisioner in memory, and a
// conformance suite that checks any Provisioner against this contract. Packages tencenttest and
// alibabatest, below the providers, emulate the clouds' APIs over HTTP, for tests that include
// the SDK, the retries and the HTTP requests.
package cgw
