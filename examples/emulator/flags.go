package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/internal/emulator"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// options holds the values of the flags.
type options struct {
	tencent     tencenttest.Options
	alibaba     alibabatest.Options
	state, cert string
	tls         bool
	http1       bool
	untilEOF    bool
	control     bool
	latency     time.Duration
	readLag     time.Duration
	clockOffset time.Duration
}

// newFlags returns the flags that set o. A flag of one cloud has the name of a field of its
// Options.
func newFlags(o *options) *flag.FlagSet {
	f := flag.NewFlagSet("emulator", flag.ContinueOnError)
	f.StringVar(&o.state, "state", "", "JSON `file` to start from and to write at the end")
	f.BoolVar(&o.tls, "tls", false, "serve HTTPS")
	f.BoolVar(&o.http1, "http1", false, "with -tls: without HTTP/2")
	f.StringVar(&o.cert, "cert", "", "with -tls: `file` to write the certificate to, as PEM")
	f.BoolVar(&o.untilEOF, "until-eof", false, "end with standard input")
	f.BoolVar(&o.control, "control", false, "serve the control interface below /_cgw/ of both addresses")
	f.DurationVar(&o.latency, "latency", 0, "wait before every reply")
	f.DurationVar(&o.readLag, "read-lag", 0, "how long reads do not show a write")
	f.DurationVar(&o.clockOffset, "clock-offset", 0, "how far the services' clock is ahead of the machine's; negative: behind")

	t := &o.tencent
	f.StringVar(&t.Addr, "tencent", "127.0.0.1:7301", "`host:port` of the Tencent Cloud API")
	f.StringVar(&t.Region, "tencent-region", tencenttest.DefaultRegion, "the only region")
	f.StringVar(&t.SecretID, "tencent-secret-id", tencenttest.DefaultSecretID, "secret ID of the credentials")
	f.StringVar(&t.SecretKey, "tencent-secret-key", tencenttest.DefaultSecretKey, "secret key of the credentials")
	f.StringVar(&t.Token, "tencent-token", "", "token of temporary credentials")
	f.IntVar(&t.Quota, "tencent-quota", 0, "how many gateways the account can have; 0: any number")
	f.IntVar(&t.MaxTags, "tencent-max-tags", tencenttest.DefaultMaxTags, "how many tags a gateway can have")
	f.IntVar(&t.Rate, "tencent-rate", 0, fmt.Sprintf("requests a second for each action; 0: any number; the documents say %d", tencenttest.DocumentedRate))
	f.IntVar(&t.TagRate, "tencent-tag-rate", 0, fmt.Sprintf("the same for the slower actions of the tag service; 0: as -tencent-rate; the documents say %d", tencenttest.DocumentedTagRate))
	f.BoolVar(&t.NoBGP, "tencent-no-bgp", false, "the international site, which has no BgpAsn")
	f.BoolVar(&t.EmptyOnUnknownIDs, "tencent-empty-on-unknown-ids", false, "reads pass over unknown IDs, in place of ResourceNotFound")
	f.BoolVar(&t.RefuseEmptyTagValues, "tencent-refuse-empty-tag-values", false, "refuse tags with an empty value")

	a := &o.alibaba
	f.StringVar(&a.Addr, "alibaba", "127.0.0.1:7302", "`host:port` of the Alibaba Cloud API")
	f.StringVar(&a.Region, "alibaba-region", alibabatest.DefaultRegion, "the only region")
	f.StringVar(&a.AccessKeyID, "alibaba-access-key-id", alibabatest.DefaultAccessKeyID, "access key ID of the credentials")
	f.StringVar(&a.AccessKeySecret, "alibaba-access-key-secret", alibabatest.DefaultAccessKeySecret, "access key secret of the credentials")
	f.StringVar(&a.SecurityToken, "alibaba-security-token", "", "security token of temporary credentials")
	f.IntVar(&a.Quota, "alibaba-quota", alibabatest.DefaultQuota, "how many gateways the region can have; negative: any number")
	f.IntVar(&a.Rate, "alibaba-rate", 0, "requests a second for each action; 0: any number; the vendor publishes none")
	f.DurationVar(&a.TokenLife, "alibaba-token-life", 0, "how long a ClientToken is remembered; 0: for ever")
	f.BoolVar(&a.CurrentLimits, "alibaba-current-limits", false, "the limits of the service of today, in place of those of the document of 2021")
	f.StringVar(&a.OnlyResourceGroup, "alibaba-only-resource-group", "", "a user who sees this resource `group` only")
	f.BoolVar(&a.TunnelsUnlisted, "alibaba-tunnels-unlisted", false, "leave connections that use a gateway in one of two tunnels out of its list")
	f.BoolVar(&a.IllegalTimestamp, "alibaba-illegal-timestamp", false, "answer a wrong clock IllegalTimestamp, in place of InvalidTimeStamp.Expired")
	return f
}

// parse reads the flags. For -h it writes their list to out, and returns flag.ErrHelp.
func parse(args []string, out io.Writer) (options, error) {
	var o options
	f := newFlags(&o)
	f.SetOutput(io.Discard) // main prints the error, once
	err := f.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		f.SetOutput(out)
		fmt.Fprintln(out, "Usage of emulator:")
		f.PrintDefaults()
		return o, err
	case err != nil:
		return o, fmt.Errorf("%w; -h lists the flags", err)
	case f.NArg() > 0:
		return o, fmt.Errorf("unknown argument %q; -h lists the flags", f.Arg(0))
	}
	for _, wrong := range []struct {
		is   bool
		text string
	}{
		{o.tencent.SecretID == "" || o.tencent.SecretKey == "", "-tencent-secret-id and -tencent-secret-key must not be empty"},
		{o.alibaba.AccessKeyID == "" || o.alibaba.AccessKeySecret == "", "-alibaba-access-key-id and -alibaba-access-key-secret must not be empty"},
		{o.cert != "" && !o.tls, "-cert needs -tls"},
		{o.http1 && !o.tls, "-http1 needs -tls"},
		{o.latency < 0, "-latency must not be negative"},
		{o.readLag < 0, "-read-lag must not be negative"},
		{o.tencent.Quota < 0, "-tencent-quota must not be negative"},
		{o.tencent.MaxTags < 0, "-tencent-max-tags must not be negative"},
		{o.tencent.Rate < 0, "-tencent-rate must not be negative"},
		{o.tencent.TagRate < 0, "-tencent-tag-rate must not be negative"},
		{o.alibaba.Rate < 0, "-alibaba-rate must not be negative"},
		{o.alibaba.TokenLife < 0, "-alibaba-token-life must not be negative"},
	} {
		if wrong.is {
			return o, errors.New(wrong.text)
		}
	}
	t, a := &o.tencent, &o.alibaba
	clock := emulator.Offset(o.clockOffset)
	t.Now, a.Now = clock, clock
	t.PlainHTTP, a.PlainHTTP = !o.tls, !o.tls
	t.HTTP1, a.HTTP1 = o.http1, o.http1
	t.Control, a.Control = o.control, o.control
	t.Latency, a.Latency = o.latency, o.latency
	t.ReadLag, a.ReadLag = o.readLag, o.readLag
	return o, nil
}
