package main

import (
	"context"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

func TestRun(t *testing.T) {
	var out strings.Builder
	require.NoError(t, run(t.Context(), nil, &out, nil))
	require.Equal(t, `CLOUD    REGION        ID                         NAME           ADDRESS      ASN
tencent  ap-guangzhou  cgw-m8yh9kxj               branch-office  203.0.113.7  65010
alibaba  cn-hangzhou   cgw-bp1oxxw80uh1ief08xorz  branch-office  203.0.113.7  65010

The same address again:
  tencent: already exists, says InvalidParameterValue.Duplicate; the first gateway has it: true
  alibaba: already exists, says InvalidIpAddress.AlreadyExist; the first gateway has it: true

A request that cannot be right, refused before anything is sent:
  tencent: invalid IP address: IPAddress 127.0.0.1 is a loopback address
  alibaba: invalid IP address: IPAddress 127.0.0.1 is a loopback address
  alibaba: invalid name: Name https://x must not contain ':'
  alibaba: invalid name: Name https://x must not start with https://

Deleted cgw-bp1oxxw80uh1ief08xorz on alibaba.
Deleted cgw-m8yh9kxj on tencent.
`, out.String())
}

// liveArgs returns complete flags for a cloud.
func liveArgs(cloud cgw.Provider, region string) []string {
	return []string{"-live", string(cloud), "-region", region, "-ip", "203.0.113.7", "-name", "branch-office"}
}

func TestLive(t *testing.T) {
	onTencent, onAlibaba := tencenttest.NewServer(tencenttest.Options{}), alibabatest.NewServer(alibabatest.Options{})
	defer onTencent.Close()
	defer onAlibaba.Close()
	emulators := func(_ context.Context, cloud cgw.Provider, region string) (closer, error) {
		if cloud == cgw.Tencent {
			cfg := onTencent.Config()
			require.Equal(t, cfg.Region, region)
			return tencent.New(cfg)
		}
		cfg := onAlibaba.Config()
		require.Equal(t, cfg.Region, region)
		return alibaba.New(cfg)
	}
	for _, tt := range []struct {
		cloud        cgw.Provider
		region, want string
	}{
		{cgw.Tencent, "ap-guangzhou", `On tencent in ap-guangzhou, with the credentials of this environment, this
  1. creates the customer gateway "branch-office" at 203.0.113.7,
  2. asks for the same address again, which the cloud should refuse,
  3. asks for a gateway at 127.0.0.1, which is refused before it is sent,
  4. deletes what it created, and nothing else.

CLOUD    REGION        ID            NAME           ADDRESS      ASN
tencent  ap-guangzhou  cgw-m8yh9kxj  branch-office  203.0.113.7  0

The same address again:
  tencent: already exists, says InvalidParameterValue.Duplicate; the first gateway has it: true

A request that cannot be right, refused before anything is sent:
  tencent: invalid IP address: IPAddress 127.0.0.1 is a loopback address

Deleted cgw-m8yh9kxj on tencent.
`},
		{cgw.Alibaba, "cn-hangzhou", `On alibaba in cn-hangzhou, with the credentials of this environment, this
  1. creates the customer gateway "branch-office" at 203.0.113.7,
  2. asks for the same address again, which the cloud should refuse,
  3. asks for a gateway at 127.0.0.1, which is refused before it is sent,
  4. deletes what it created, and nothing else.

CLOUD    REGION       ID                         NAME           ADDRESS      ASN
alibaba  cn-hangzhou  cgw-bp1oxxw80uh1ief08xorz  branch-office  203.0.113.7  0

The same address again:
  alibaba: already exists, says InvalidIpAddress.AlreadyExist; the first gateway has it: true

A request that cannot be right, refused before anything is sent:
  alibaba: invalid IP address: IPAddress 127.0.0.1 is a loopback address
  alibaba: invalid name: Name https://x must not contain ':'
  alibaba: invalid name: Name https://x must not start with https://

Deleted cgw-bp1oxxw80uh1ief08xorz on alibaba.
`},
	} {
		t.Run(string(tt.cloud), func(t *testing.T) {
			var out strings.Builder
			require.NoError(t, run(t.Context(), liveArgs(tt.cloud, tt.region), &out, emulators))
			require.Equal(t, tt.want, out.String())
		})
	}
}

func TestFlagsAreRefused(t *testing.T) {
	never := func(context.Context, cgw.Provider, string) (closer, error) {
		t.Error("the cloud was asked for")
		return nil, context.Canceled
	}
	for _, tt := range []struct {
		args, want string
	}{
		{"tencent", `"tencent" is no flag`},
		{"-region ap-guangzhou", "-region, -ip and -name go with -live tencent or -live alibaba"},
		{"-live azure -region r -ip 203.0.113.7 -name n", "-live azure: there are tencent and alibaba"},
		{"-live tencent", "-live needs -region\n-live needs -ip\n-live needs -name"},
		{"-live alibaba -region r -name n", "-live needs -ip"},
		{"-live alibaba -region r -ip office -name n", `-ip: ParseAddr("office"): unable to parse IP`},
		{"-dead", "flag provided but not defined: -dead"},
	} {
		require.EqualError(t, run(t.Context(), strings.Fields(tt.args), &strings.Builder{}, never), tt.want)
	}
}

// TestNoCredentials calls DefaultCredentials where there are no credentials: no file, no
// metadata service, and the variables are empty, which is an error.
func TestNoCredentials(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	t.Setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")
	for _, name := range []string{
		"TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY",
		"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_CREDENTIALS_URI",
		"ALIBABA_CLOUD_CREDENTIALS_FILE", "ALIBABA_CLOUD_CONFIG_FILE", "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
		"ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABA_CLOUD_ROLE_ARN",
	} {
		t.Setenv(name, "")
	}
	for cloud, variables := range map[cgw.Provider]string{cgw.Tencent: tencentVariables, cgw.Alibaba: alibabaVariables} {
		var out strings.Builder
		err := run(t.Context(), liveArgs(cloud, "region"), &out, dial)
		require.ErrorIs(t, err, cgw.ErrUnauthenticated)
		require.ErrorContains(t, err, "nothing was done: no credentials, set "+variables)
		require.True(t, strings.HasSuffix(out.String(), "and nothing else.\n\n"), "it says what it would do, and ends: %s", out.String())
	}
}

// TestCredentials sets keys in the environment. dial makes a Provisioner, and sends nothing.
func TestCredentials(t *testing.T) {
	for _, name := range []string{
		"TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
	} {
		t.Setenv(name, "for-a-test")
	}
	for cloud, region := range map[cgw.Provider]string{cgw.Tencent: "ap-guangzhou", cgw.Alibaba: "cn-hangzhou"} {
		p, err := dial(t.Context(), cloud, region)
		require.NoError(t, err)
		require.NoError(t, p.Close())
	}
}

// fake is a cloud with gateways that a test can list.
type fake struct{ *cgwtest.Fake }

func (fake) Close() error { return nil }

func (f fake) connect(context.Context, cgw.Provider, string) (closer, error) { return f, nil }

func (f fake) left(t *testing.T) []cgw.Gateway {
	left, err := cgw.Collect(f.List(t.Context(), cgw.Filter{}))
	require.NoError(t, err)
	return left
}

// TestAnothersGatewayStays tests that nothing is deleted if the address already has a gateway.
func TestAnothersGatewayStays(t *testing.T) {
	f := fake{&cgwtest.Fake{}}
	f.Seed(cgw.Gateway{ID: "cgw-theirs", IPAddress: netip.MustParseAddr("203.0.113.7")})
	err := run(t.Context(), liveArgs(cgw.Tencent, "r"), &strings.Builder{}, f.connect)
	require.ErrorIs(t, err, cgw.ErrAlreadyExists)
	require.ErrorContains(t, err, "cgw-theirs")
	require.Len(t, f.left(t), 1)
}

// TestFaults lets a call fail. The gateway that was created is still deleted, or the error says
// that it may be left.
func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault cgwtest.Fault
		want  string
		left  int
	}{
		{"create", cgwtest.Fault{Op: cgw.OpCreate, Call: 1, Err: cgw.ErrUnavailable, Applied: true}, "look whether there is a gateway at 203.0.113.7", 1},
		{"wait", cgwtest.Fault{Op: cgw.OpGet, Err: cgw.ErrPermissionDenied}, "permission denied", 0},
		{"duplicate", cgwtest.Fault{Op: cgw.OpCreate, Call: 2, Err: cgw.ErrQuotaExceeded}, "quota exceeded", 0},
		{"delete", cgwtest.Fault{Op: cgw.OpDelete, Err: cgw.ErrInUse}, "cgw-fake0001 is left behind, delete it yourself", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := fake{&cgwtest.Fake{Like: tencent.Rules(), Faults: []cgwtest.Fault{tt.fault}}}
			err := run(t.Context(), liveArgs(cgw.Tencent, "r"), &strings.Builder{}, f.connect)
			require.ErrorIs(t, err, tt.fault.Err)
			require.ErrorContains(t, err, tt.want)
			require.Len(t, f.left(t), tt.left)
		})
	}
}

// stopping ends the context as soon as the gateway exists.
type stopping struct {
	fake
	stop context.CancelFunc
}

func (s stopping) Create(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
	defer s.stop()
	return s.fake.Create(ctx, req)
}

func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := stopping{fake{&cgwtest.Fake{}}, cancel}
	err := tour(ctx, &strings.Builder{}, []cgw.Provisioner{s}, cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7")})
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, s.left(t))
	require.NotEmpty(t, s.Calls(), "the gateway was created and deleted")
}

// lenient allows any number of gateways at one address.
type lenient struct{ fake }

func (l lenient) Create(_ context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
	g := cgw.Gateway{ID: "cgw-" + strconv.Itoa(len(l.Calls())), IPAddress: req.IPAddress}
	l.Seed(g)
	return g, nil
}

func TestSecondGatewayIsDeletedToo(t *testing.T) {
	l := lenient{fake{&cgwtest.Fake{}}}
	err := tour(t.Context(), &strings.Builder{}, []cgw.Provisioner{l}, cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7")})
	require.EqualError(t, err, "the cloud took a second gateway at the address")
	require.Empty(t, l.left(t))
}
