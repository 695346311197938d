package main

import (
	"bytes"
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/dnaeon/go-vcr.v4/pkg/cassette"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/recipes/recorded"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

var anew = flag.Bool("record", false, "record the cassettes in testdata anew, from the emulators")

// clouds are what the cassettes are recorded from. Each throttles a request, so that the
// recording has a repeat.
var clouds = map[cgw.Provider]func(t *testing.T) source{
	cgw.Tencent: func(t *testing.T) source {
		s := tencenttest.NewServer(tencenttest.Options{Faults: []wire.Fault{
			{Action: "DescribeCustomerGateways", Effect: wire.Refuse, Code: "RequestLimitExceeded"},
		}})
		t.Cleanup(s.Close)
		record, err := recorded.Towards(s.URL, s.Client().Transport)
		require.NoError(t, err)
		return source{recorded.Options{Record: record}, tencenttest.DefaultSecretID, tencenttest.DefaultSecretKey}
	},
	cgw.Alibaba: func(t *testing.T) source {
		s := alibabatest.NewServer(alibabatest.Options{Faults: []wire.Fault{
			{Action: "CreateCustomerGateway", Effect: wire.Refuse, Code: "Throttling.User"},
		}})
		t.Cleanup(s.Close)
		record, err := recorded.Towards(s.URL, s.Client().Transport)
		require.NoError(t, err)
		return source{recorded.Options{Record: record}, alibabatest.DefaultAccessKeyID, alibabatest.DefaultAccessKeySecret}
	},
}

type source struct {
	recorded.Options
	keyID, key string
}

// record writes the cassettes of all clouds to a folder, and returns what the program printed.
func record(t *testing.T, folder string) string {
	var out bytes.Buffer
	for _, provider := range []cgw.Provider{cgw.Tencent, cgw.Alibaba} {
		from := clouds[provider](t)
		from.Secrets = []string{from.keyID, from.key, authKey}
		p, stop, err := open(provider, folder, from.Options, from.keyID, from.key)
		require.NoError(t, err)
		require.NoError(t, tour(t.Context(), &out, p))
		require.NoError(t, stop())
	}
	return out.String()
}

// TestTour is what a user's test looks like: the program over the cassettes. With -record they
// are made first.
func TestTour(t *testing.T) {
	if *anew {
		record(t, "testdata")
	}
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out, "testdata"))
	for _, want := range []string{
		"tencent: created cgw-", "tencent: again: already exists (InvalidParameterValue.Duplicate), held by [cgw-",
		"tencent: renamed to berlin-mitte, tags map[site:mitte]", "tencent: deleted; not found: true",
		"alibaba: created cgw-", "alibaba: again: already exists (", "alibaba: renamed to berlin-mitte, tags map[site:mitte]",
		"alibaba: deleted; not found: true",
	} {
		require.Contains(t, out.String(), want)
	}
}

// TestRecordingIsTheSame: anyone who records the cassettes again gets the same files, byte for
// byte, and what the program does over them is what it did while they were recorded.
func TestRecordingIsTheSame(t *testing.T) {
	folder := t.TempDir()
	live := record(t, folder)
	for provider := range clouds {
		committed, err := os.ReadFile("testdata/" + string(provider) + ".yaml")
		require.NoError(t, err)
		again, err := os.ReadFile(filepath.Join(folder, string(provider)+".yaml"))
		require.NoError(t, err)
		require.Equal(t, string(committed), string(again), "run: go test ./demo -record")
	}
	var replayed bytes.Buffer
	require.NoError(t, run(t.Context(), &replayed, folder))
	require.Equal(t, live, replayed.String())
}

// TestUnknownRequest: what was not recorded is not answered, and the error says so.
func TestUnknownRequest(t *testing.T) {
	for provider := range clouds {
		t.Run(string(provider), func(t *testing.T) {
			p, stop, err := open(provider, "testdata", recorded.Options{}, "nobody", "no-key")
			require.NoError(t, err)
			_, err = p.Create(t.Context(), cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.8"), Name: "branch-bonn"})
			require.ErrorIs(t, err, cassette.ErrInteractionNotFound)
			require.ErrorIs(t, err, cgw.ErrUnavailable)
			require.NoError(t, stop())
		})
	}
}

// TestCassettesHoldNoSecret reads what is committed, whoever recorded it: no header beyond those
// that say what was asked, and no text that looks like a credential, a signature, a token, a
// nonce or another time than the one that stands for all.
func TestCassettesHoldNoSecret(t *testing.T) {
	kept := []string{"Content-Type", "X-Tc-Action", "X-Tc-Region", "X-Tc-Version", "X-Acs-Action", "X-Acs-Version"}
	secret := regexp.MustCompile(`(?i)hmac|signature|credential|nonce|akid|authkey|clienttoken|` +
		regexp.QuoteMeta(authKey) + `|` + tencenttest.DefaultSecretKey + `|` + alibabatest.DefaultAccessKeyID + `|` + alibabatest.DefaultAccessKeySecret + `|` +
		`[0-9a-f]{8}-[0-9a-f]{4}-|20\d\d-\d\d-\d\d[T ]|: ?1[6-9]\d{8}`)
	for provider := range clouds {
		c, err := cassette.Load("testdata/" + string(provider))
		require.NoError(t, err)
		require.NotEmpty(t, c.Interactions)
		for _, i := range c.Interactions {
			for name := range i.Request.Headers {
				require.Contains(t, kept, name)
			}
			require.Empty(t, i.Request.Form)
		}
		data, err := os.ReadFile("testdata/" + string(provider) + ".yaml")
		require.NoError(t, err)
		for _, known := range []string{"AuthKey=redacted", `"AuthKey":"redacted"`, "ClientToken=redacted", "2026-01-02 03:04:05", "1767323045000"} {
			data = bytes.ReplaceAll(data, []byte(known), nil)
		}
		require.Empty(t, string(secret.Find(data)))
	}
}
