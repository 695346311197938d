// Package cgw registers and looks after customer gateways on Tencent Cloud and Alibaba Cloud
// through one interface. A customer gateway is the cloud's record of an on-premises VPN
// device: a public IP address, a name, perhaps a BGP ASN.
//
// This package holds the contract: the roles [Creator], [Getter], [Lister], [Updater] and
// [Deleter], which make up a [Provisioner], their requests and results, and the errors. It
// imports the standard library alone. The clouds are the packages
// [github.com/cgw-go/cgw/tencent] and [github.com/cgw-go/cgw/alibaba]; a program links the SDK
// of those that it imports, and of no other.
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
// Code that uses gateways should ask for the smallest role that serves it, and leave the
// choice of the cloud to its caller. A field that a cloud does not have is never dropped in
// silence: setting it is refused, see Validation.
//
// # Errors
//
// Every operation returns an [*Error]. Test it with errors.Is and a sentinel, each of which
// says what to do about it; what the sentinel does not tell is in the fields, one errors.As
// away, and so are the error types of the SDKs:
//
//	var e *cgw.Error
//	switch {
//	case errors.Is(err, cgw.ErrAlreadyExists) && errors.As(err, &e):
//		// e.ConflictingIDs holds the address
//	case errors.Is(err, cgw.ErrOutcomeUnknown):
//		// look before repeating it
//	case cgw.IsRetryable(err):
//		// try again later
//	}
//
// A code of the service that cgw does not know leaves Kind nil and Code as it came; it is
// never guessed at. A request that cgw refuses and one that the service refuses satisfy the
// same sentinel.
//
// [Error.Outcome] says whether a failed write took effect. [ErrOutcomeUnknown] marks those of
// which that is not known, whatever their Kind. [OutcomeOf] and [IsRetryable] answer for any
// error, wrapped or not.
//
// The text of an error is one line of at most 1 KiB. It holds no URL, no query, no credential
// and no AuthKey. Do not match on it: it may change.
//
// # Retries
//
// A Provisioner repeats requests by itself, as Config.Retry, a [RetryPolicy], bounds it: reads
// on any transient fault, writes only when the attempt certainly did nothing or when a repeat
// cannot take effect twice. One call of Create makes at most one gateway. On Alibaba Cloud one
// ClientToken is used for all attempts of a call. Tencent Cloud has no such token: after an
// attempt whose outcome is not known, the gateway is looked for by its address before anything
// is repeated. What is repeated, and how soon, may change; the promise of Create does not.
//
// Create and Delete do not wait for the service's reads to follow: [WaitVisible] and [WaitGone]
// do.
//
// # Gateways as specified
//
// ensure.Gateway makes the gateway at an address be as specified, whatever is there now, and may be
// repeated after any error; [EnsureAll] does so for many sites in many regions. [Plan] says
// beforehand what would be done, field by field, and [Apply] does that and nothing else. A tag
// tells whose a gateway is: what is not the owner's is left alone unless [EnsureOptions] allow
// otherwise.
//
//	r, err := ensure.Gateway(ctx, p, spec, ensure.Options{Owner: "netops"})
//	if cgw.IsRetryable(err) || errors.Is(err, cgw.ErrOutcomeUnknown) {
//		// run it again later
//	}
//
// # Decorators
//
// [WithLogging], [WithHooks], [WithPolicy] and [ReadOnly] put something around a Provisioner, and
// may be stacked. What a Provisioner can do beyond the roles is an interface of one method,
// which [As] finds below any decorators: [Ruled] gives its Rules, by which Plan knows what the
// cloud would refuse, and [Located] its provider and region.
//
// # Concurrency
//
// Everything that implements a role is safe for concurrent use by multiple goroutines. Make
// one Provisioner for a region and share it: it holds a pool of connections and the limit on
// the rate of requests. Requests are only read, and results share no memory with them or with
// each other.
//
// # Context
//
// A context bounds the whole of a call, with its repeats and waits. When it ends, the call
// returns at once, with an error that satisfies errors.Is for the context's own error and
// keeps what the service said last. A write that was cut short satisfies [ErrOutcomeUnknown]
// as well. The timeout of a single attempt is not the context's: it is [ErrUnavailable], and
// does not satisfy context.DeadlineExceeded.
//
// # Validation
//
// [Rules] are a cloud's documented limits as data, and tencent.Rules and alibaba.Rules return
// theirs. A request is checked against them before anything is sent; a refusal is a
// [*ValidationError] with every fault at once, in field order, each a [*FieldError] with the
// rule and its source. A field that the cloud does not have satisfies [ErrUnsupported].
// [Portable] combines the rules of several clouds into those of a request that all accept.
//
// The limits of the services move. Config.Validation set to [Minimal] leaves to the service
// what may be right after all.
//
// # Secrets
//
// A [Secret], such as [CreateRequest.AuthKey], prints, marshals and logs as a mark, and the
// mark cannot be read back as a value. Credentials stay with the SDKs, and are read from the
// environment only by a provider's DefaultCredentials.
//
// # Testing
//
// Package [github.com/cgw-go/cgw/cgwtest] has a Fake, which is a Provisioner in memory, and a
// suite that checks any Provisioner against this contract. Packages tencenttest and
// alibabatest, below the providers, emulate the clouds' APIs over HTTP for tests of everything
// down to the wire.
package cgw
