package main

import (
	"fmt"
	"net/netip"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// service is an emulated cloud that the program uses like a real one: with -live, with the
// endpoint in the file, and with separate keys.
type service struct {
	cgwtest.Emulator
	name string // of its target
	yaml string // its target, without the sites
}

// newService starts a service of a cloud, whose keys are in variables with the prefix of its name.
func newService(t *testing.T, cloud cgw.Provider, name string) *service {
	t.Helper()
	prefix := strings.ToUpper(name) + "_"
	id, key := "AKID"+name, "secret-of-"+name
	s := &service{name: name}
	if cloud == cgw.Tencent {
		s.Emulator = tencenttest.NewServer(tencenttest.Options{PlainHTTP: true, SecretID: id, SecretKey: key})
		t.Setenv(prefix+"TENCENTCLOUD_SECRET_ID", id)
		t.Setenv(prefix+"TENCENTCLOUD_SECRET_KEY", key)
	} else {
		s.Emulator = alibabatest.NewServer(alibabatest.Options{PlainHTTP: true, AccessKeyID: id, AccessKeySecret: key})
		t.Setenv(prefix+"ALIBABA_CLOUD_ACCESS_KEY_ID", id)
		t.Setenv(prefix+"ALIBABA_CLOUD_ACCESS_KEY_SECRET", key)
	}
	t.Cleanup(s.Close)
	s.yaml = fmt.Sprintf("- name: %s\n  cloud: %s\n  region: %s\n  endpoint: %s\n  credentials: {env: %s}\n",
		name, cloud, s.Location().Region, s.Endpoint(), prefix)
	return s
}

// seed makes n gateways at addresses of a network, some time ago.
func (s *service) seed(t *testing.T, network byte, n int, tags map[string]string) {
	t.Helper()
	for i := range n {
		g := cgw.Gateway{
			Name: fmt.Sprintf("%s-%02d", s.name, i+1), IPAddress: netip.AddrFrom4([4]byte{203, 0, network, byte(i + 1)}),
			ASN: cgw.ASN(65000 + i), CreatedAt: time.Now().Add(-24 * time.Hour).Truncate(time.Second).UTC(), Tags: tags,
		}
		_, err := s.SeedGateways(g)
		require.NoError(t, err)
	}
}

// reading lists the names of requests that write nothing.
var reading = regexp.MustCompile(`^(Describe|List|Get)`)

// requests returns how many requests there were since the last call, and how many of them were
// writes.
func (s *service) requests() (all, writes int) {
	for _, r := range s.Requests() {
		all++
		if !reading.MatchString(r.Action) {
			writes++
		}
	}
	s.ResetRequests()
	return all, writes
}

// live runs the program on the services.
func (e *env) live(args ...string) int {
	e.t.Helper()
	return e.exec(append(append([]string{"-live"}, args...), e.file)...)
}

func clouds2() []cgw.Provider { return []cgw.Provider{cgw.Tencent, cgw.Alibaba} }

// One file has two accounts of each cloud. Each target has its own keys, and pruning one does not
// touch the other.
func TestTwoAccounts(t *testing.T) {
	for _, cloud := range clouds2() {
		t.Run(string(cloud), func(t *testing.T) {
			prod, lab := newService(t, cloud, "prod"), newService(t, cloud, "lab")
			site := "  sites:\n  - {name: office, ip: 203.0.113.7}\n"
			file := func(prodAccount, labAccount string) string {
				return "owner: netops\nprune: true\ntargets:\n" + prod.yaml + prodAccount + site + lab.yaml + labAccount + site
			}
			e := newEnv(t, file("  account: one\n", "  account: two\n"))
			lab.seed(t, 9, 2, map[string]string{"cgw:owner": "netops"})
			require.Equal(t, exitDone, e.live("-yes"), e.out+e.errs)
			require.Len(t, prod.ListGateways(), 1)
			require.Len(t, lab.ListGateways(), 1)
			require.Equal(t, exitDone, e.live("-dry-run"))

			prod.requests()
			lab.requests()
			e.write(file("", "  account: two\n"))
			require.Equal(t, exitInput, e.live("-yes"))
			require.Contains(t, e.errs, "line 13: lab: region: ")

			e.write(strings.Replace(file("  account: one\n", "  account: two\n"), "LAB_", "PROD_", 1))
			require.Equal(t, exitInput, e.live("-yes"))
			require.Contains(t, e.errs, `lab: credentials: are those of prod (line 4), which has another account: accounts "one" and "two" need their own`)

			e.write(file("  account: one\n", "  account: two\n"))
			for _, v := range []string{"TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"} {
				t.Setenv("LAB_"+v, os.Getenv("PROD_"+v))
			}
			require.Equal(t, exitInput, e.live("-yes"))
			require.Contains(t, e.errs, `lab: credentials: hold the same key as those of prod, which has another account`)
			for _, s := range []*service{prod, lab} {
				all, _ := s.requests()
				require.Zero(t, all)
			}
		})
	}
}

func TestCredentialsThatAreNotThere(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	for _, cloud := range clouds2() {
		t.Run(string(cloud), func(t *testing.T) {
			s := newService(t, cloud, "shop")
			e := newEnv(t, "owner: netops\ntargets:\n"+strings.Replace(s.yaml, "SHOP_", "SHIP_", 1)+"  sites: []\n")
			require.Equal(t, exitInput, e.live("-yes"))
			require.Contains(t, e.errs, e.file+": line 3: shop: cannot be reached: credentials.env: the variables SHIP_")

			e.write("owner: netops\ntargets:\n" + strings.Replace(s.yaml, "env: SHOP_", "profile: nobody", 1) + "  sites: [{name: ab, ip: 203.0.113.7}]\n")
			require.Equal(t, exitFailed, e.live("-yes"))
			require.Contains(t, e.out, "! cannot be read: cgw: ")
			require.Contains(t, e.out, "unauthenticated")
			require.Empty(t, s.ListGateways())
		})
	}
}

// Without rights to read one region, nothing is exported: a file that lacks its gateways could
// make a later run delete them.
func TestExportWithoutRights(t *testing.T) {
	for _, cloud := range clouds2() {
		t.Run(string(cloud), func(t *testing.T) {
			open, closed := newService(t, cloud, "open"), newService(t, cloud, "closed")
			open.seed(t, 1, 2, nil)
			closed.Inject(wire.Fault{Action: "DescribeCustomerGateways", Meaning: wire.Denied})
			e := newEnv(t, "owner: netops\ntargets:\n"+open.yaml+"  account: a\n"+closed.yaml+"  account: b\n")
			require.Equal(t, exitFailed, e.live("-export"))
			require.Empty(t, e.out)
			require.Contains(t, e.errs, e.file+": line 9: closed: cannot be exported: cgw: "+string(cloud)+" List: permission denied")
			_, writes := closed.requests()
			require.Zero(t, writes)
		})
	}
}

// A limit of the cloud counts only for fields that have to be written: an older gateway that
// breaks it is adopted as it is, and a new site that breaks it is shown with its line.
func TestLimitsOfTheCloud(t *testing.T) {
	s := newService(t, cgw.Alibaba, "shop")
	_, err := s.SeedGateways(cgw.Gateway{Name: "Shanghai (old) branch", IPAddress: netip.MustParseAddr("10.1.2.3"), CreatedAt: time.Now().Add(-time.Hour)})
	require.NoError(t, err)
	e := newEnv(t, "owner: netops\ntargets:\n"+s.yaml)
	require.Equal(t, exitDone, e.live("-export"), e.errs)
	exported := e.out
	e.write(exported)
	require.Equal(t, exitChanges, e.live("-dry-run"), e.out+e.errs)
	require.Contains(t, e.out, "> adopt 10.1.2.3 \"Shanghai (old) branch\"")
	require.Equal(t, exitDone, e.live("-yes"), e.out+e.errs)

	e.write(exported + "      - {name: \"new (one)\", ip: 203.0.113.9}\n")
	s.requests()
	require.Equal(t, exitFailed, e.live("-yes"))
	require.Regexp(t, `! unsupported 203\.0\.113\.9 "new \(one\)" at .*sites\.yaml:\d+\n    Name: new`, e.out)
	require.Contains(t, e.out, `Name "new (one)": must not contain ' ', but the vendor's documents of today allow it: say validation: current`)
	require.Contains(t, e.out, "1 unsupported, 1 unchanged\n")
	_, writes := s.requests()
	require.Zero(t, writes)

	e.write("validation: minimal\n" + exported + "      - {name: \"new (one)\", ip: 203.0.113.9}\n")
	require.Equal(t, exitChanges, e.live("-dry-run"), "it is left to the service")
}
