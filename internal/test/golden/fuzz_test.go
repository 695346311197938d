package golden

import (
	"errors"
	"maps"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// FuzzRoundTripTencent and FuzzRoundTripAlibaba ask of any request that what a provider takes,
// its service takes, and that what was created is what is read back and needs no change.
func FuzzRoundTripTencent(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, ip []byte, name, description, asn, tags, group, key, token string, minimal, foreign bool) {
		w := &wired{handler: tencenttest.NewHandler(tencenttest.Options{})}
		p, err := tencent.New(tencent.Config{
			Region:      tencenttest.DefaultRegion,
			Credentials: tencent.StaticCredentials(tencenttest.DefaultSecretID, tencenttest.DefaultSecretKey, ""),
			HTTPClient:  w.client(), Limiter: unlimited{}, Retry: cgw.RetryPolicy{MaxAttempts: 1}, Validation: mode(minimal),
		})
		require.NoError(t, err)
		if !foreign { // Tencent has none of these: with them, few requests would get far
			description, group, key, token = "", "", "", ""
		}
		roundTrip(t, cloud{p, w, minimal, ""}, request(t, ip, name, description, asn, tags, group, key, token))
	})
}

func FuzzRoundTripAlibaba(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, ip []byte, name, description, asn, tags, group, key, token string, minimal, _ bool) {
		w := &wired{handler: alibabatest.NewHandler(alibabatest.Options{})}
		p, err := alibaba.New(alibaba.Config{
			Region:      alibabatest.DefaultRegion,
			Credentials: alibaba.StaticCredentials(alibabatest.DefaultAccessKeyID, alibabatest.DefaultAccessKeySecret, ""),
			Endpoint:    "vpc.aliyuncs.com", HTTPClient: w.client(), Limiter: unlimited{},
			Retry: cgw.RetryPolicy{MaxAttempts: 1}, Validation: mode(minimal),
		})
		require.NoError(t, err)
		const defaultGroup = "rg-acfmdefault" // which the service puts a gateway into that names none
		roundTrip(t, cloud{p, w, minimal, defaultGroup}, request(t, ip, name, description, asn, tags, group, key, token))
	})
}

// seed adds requests that are good on either cloud or both, and some that are on neither.
func seed(f *testing.F) {
	public := []byte{58, 211, 1, 12}
	mapped := netip.MustParseAddr("::ffff:116.23.45.12").As16()
	for _, minimal := range []bool{false, true} {
		f.Add(public, "test-cgw", "", "", "city\tshanghai", "", "", "", minimal, false)
		f.Add(public, "Gateway", "Gateway", "10001", "", "rg-acfmzs372yg", "AuthKey", "02fb3da4-130e-11e9", minimal, true)
		f.Add(mapped[:], "asdot", "", "1.10", "", "", "", "", minimal, false)
		f.Add(mapped[:], "最大", "描述 é ☃ \U0001F600", "65535.65535", "環境\tテスト", "", "", "", minimal, false)
		f.Add(public, "marks._-", "d+&=%20?/#;*~'\"<>\\", "4294967295", "a+-=._:/@()[],;><\t=+ b\nx+\t%2B\ny\t", "", "", "", minimal, false)
		f.Add(public, "free text: +&=%20?", "", "23456", "(a)[b]\t<c>;d,e@f/g:h", "", "", "", minimal, false)
		f.Add(public, " \u2028\x00\u202e", "d\ufeff\x00", "1", "", "", "", "", minimal, false)
		f.Add(public, "http://", "https://", "45104", "", "", "", "", minimal, false)
		f.Add(public, strings.Repeat("名", 60), strings.Repeat("a", 256), "139341", "", "", "", "", minimal, false)
		f.Add([]byte{127, 0, 0, 1}, "loop", "", "", "", "", "", "", minimal, false)
		f.Add([]byte{192, 168, 1, 1}, "private", "", "", "", "", "", "", minimal, false)
		f.Add([]byte{0x20, 0x01, 0x0d, 0xb8, 15: 1}, "v6", "", "", "", "", "", "", minimal, false)
		f.Add([]byte{}, "\xff", "\xff", "64512", "\xff\t\xff", "\xff", "\xff", "\xff", minimal, true)
		for _, tags := range []string{
			"empty\t\nempty too", "\tno key", " led\t", "trailed \t", "k\t led", "k\ttrailed ", "k\t ",
			"aliyun\t1", "Aliyun\t1", "acs:k\t1", "k\taliyun", "k\tacs:v", "k\tALIYUN", "k\thttp://x", "k\tsee http://x", "see https://x\t1",
			"qcs:k\t1", "qcloud\t1", "Tencent\t1", "project\t1", "项目\t1", "k\tqcs:v",
			"é\te\u0301", "\U0001F600\t1", "k\t\u202e", "k\ta_b\u00a0c", "k\t٣",
			strings.Repeat("k", 64) + "\t" + strings.Repeat("v", 128), strings.Repeat("键", 127) + "\t" + strings.Repeat("值", 255), many(19), many(20), many(49), many(50), many(51),
		} {
			f.Add(public, "tagged", "", "", tags, "", "", "", minimal, false)
		}
	}
}

// many returns so many tags.
func many(n int) string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = "k" + strconv.Itoa(i) + "\tv"
	}
	return strings.Join(lines, "\n")
}

func mode(minimal bool) cgw.ValidationMode {
	if minimal {
		return cgw.Minimal
	}
	return cgw.Documented
}

// request makes a request of what the fuzzer has: tags are lines of key, tab, value.
func request(t *testing.T, ip []byte, name, description, asn, tags, group, key, token string) cgw.CreateRequest {
	t.Helper()
	addr, _ := netip.AddrFromSlice(ip)
	req := cgw.CreateRequest{
		IPAddress: addr, Name: name, Description: description,
		ResourceGroupID: group, AuthKey: cgw.Secret(key), ClientToken: token,
	}
	if asn != "" {
		n, err := cgw.ParseASN(asn)
		if err != nil {
			require.ErrorIs(t, err, cgw.ErrInvalidASN)
		}
		req.ASN = n
	}
	if tags != "" {
		req.Tags = map[string]string{}
		for line := range strings.SplitSeq(tags, "\n") {
			k, v, _ := strings.Cut(line, "\t")
			req.Tags[k] = v
		}
		delete(req.Tags, ensure.DefaultOwnerKey)
	}
	return req
}

// provisioner is what both providers are.
type provisioner interface {
	cgw.Provisioner
	cgw.Ruled
}

type cloud struct {
	provisioner
	wire         *wired
	minimal      bool   // whether the provider leaves limits to the service
	defaultGroup string // of a gateway that names none
}

const owner = "golden"

func roundTrip(t *testing.T, c cloud, req cgw.CreateRequest) {
	t.Helper()
	if err := c.Rules().Validate(req); err != nil {
		requireRefusedUnsent(t, c, req, err)
		return
	}
	// Where the cloud takes one tag more, the gateway is somebody's, so that there can be a plan.
	owned := req
	owned.Tags = map[string]string{ensure.DefaultOwnerKey: owner}
	maps.Copy(owned.Tags, req.Tags)
	managed := c.Rules().Validate(owned) == nil
	if !managed {
		owned = req
	}

	asked := clone(owned)
	created, err := c.Create(t.Context(), owned)
	require.Equal(t, asked, owned, "the request was changed")
	if err != nil {
		requireRefusedByService(t, c, err)
		return
	}
	requireAsAsked(t, owned, created)

	got, err := c.Get(t.Context(), created.ID)
	require.NoError(t, err)
	requireSame(t, c, created, got)
	for _, filter := range []cgw.Filter{{}, {IPAddress: owned.IPAddress}, {IDs: []string{created.ID}}, {Name: owned.Name, Tags: owned.Tags}} {
		listed, err := cgw.Collect(c.List(t.Context(), filter))
		require.NoError(t, err)
		require.Len(t, listed, 1, "%+v", filter)
		require.True(t, got.Equal(listed[0]), "%+v\n%+v", got, listed[0])
	}
	if managed {
		requireAsSpecified(t, c, req, got)
	}
}

// clone copies a request with its tags.
func clone(req cgw.CreateRequest) cgw.CreateRequest {
	req.Tags = maps.Clone(req.Tags)
	return req
}

// requireRefusedUnsent asks for the refusal that the rules have, and that nothing was sent.
func requireRefusedUnsent(t *testing.T, c cloud, req cgw.CreateRequest, want error) {
	t.Helper()
	_, err := c.Create(t.Context(), req)
	var got *cgw.ValidationError
	require.ErrorAs(t, err, &got)
	require.Equal(t, want, got)
	require.ErrorIs(t, err, cgw.ErrInvalidArgument)
	require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
	require.Empty(t, c.wire.calls)
}

// requireRefusedByService asks that the refusal be one that a caller can act on, and that there
// was reason to leave it to the service.
func requireRefusedByService(t *testing.T, c cloud, err error) {
	t.Helper()
	require.True(t, c.minimal, "the documented rules let pass what the service refuses: %v", err)
	var e *cgw.Error
	require.ErrorAs(t, err, &e)
	require.NotNil(t, e.Kind, "%v", err)
	require.True(t, errors.Is(err, cgw.ErrInvalidArgument) || errors.Is(err, cgw.ErrQuotaExceeded), "%v", err)
	require.Equal(t, cgw.OutcomeNotApplied, e.Outcome)
	require.NotEmpty(t, e.Code)
	require.NotEmpty(t, e.RequestID)
}

// requireAsAsked asks that what was created be what was asked for.
func requireAsAsked(t *testing.T, req cgw.CreateRequest, g cgw.Gateway) {
	t.Helper()
	want := cgw.Gateway{
		Provider: g.Provider, Region: g.Region, ID: g.ID, CreatedAt: g.CreatedAt,
		Name: req.Name, Description: req.Description, IPAddress: req.IPAddress.Unmap(), ASN: req.ASN,
		Tags: req.Tags, ResourceGroupID: req.ResourceGroupID,
	}
	require.NotEmpty(t, g.ID)
	require.False(t, g.CreatedAt.IsZero())
	require.True(t, want.Equal(g), "%+v\n%+v", want, g)
}

// requireSame asks that a gateway read back be the one created.
func requireSame(t *testing.T, c cloud, created, got cgw.Gateway) {
	t.Helper()
	if created.ResourceGroupID == "" {
		created.ResourceGroupID = c.defaultGroup
	}
	require.True(t, created.Equal(got), "%+v\n%+v", created, got)
}

// requireAsSpecified asks that the gateway be as specified in the eyes of Plan and Ensure, which
// write nothing then.
func requireAsSpecified(t *testing.T, c cloud, spec cgw.CreateRequest, g cgw.Gateway) {
	t.Helper()
	before := len(c.wire.calls)
	opts := ensure.Options{Owner: owner, ExactTags: true}
	plan, err := ensure.NewPlan(t.Context(), ensure.Target{Provisioner: c, Specs: []cgw.CreateRequest{spec}, Prune: true}, opts)
	require.NoError(t, err)
	require.True(t, plan.Empty(), "%v", plan)
	result, err := ensure.Gateway(t.Context(), c, spec, opts)
	require.NoError(t, err)
	require.Equal(t, ensure.Unchanged, result.Action, "%v", result.Changes)
	require.True(t, g.Equal(result.Gateway))
	for _, call := range c.wire.calls[before:] {
		require.True(t, reads(call.request), "Ensure or Plan wrote: %v", call.request.Header)
	}
}

// reads reports whether a request is one that changes nothing.
func reads(r *http.Request) bool {
	action := r.Header.Get("X-TC-Action") + r.Header.Get("X-Acs-Action")
	return strings.HasPrefix(action, "Describe")
}
