package cgwtest

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
)

// TestReport runs itself as another process, in which TestProvisioner may fail.
func TestReport(t *testing.T) {
	const variable = "CGWTEST_REPORT"
	switch os.Getenv(variable) {
	case "broken":
		TestProvisioner(t, fakeHarness(cgw.Rules{}, func(f *Fake) cgw.Provisioner {
			return bent{Provisioner: f, delete: func(context.Context, string) error { return nil }}
		}))
		return
	case "no create":
		TestProvisioner(t, fakeHarness(cgw.Rules{}, func(f *Fake) cgw.Provisioner {
			return bent{Provisioner: f, create: func(context.Context, cgw.CreateRequest) (cgw.Gateway, error) {
				return cgw.Gateway{}, cgw.ErrUnauthenticated
			}}
		}))
		return
	case "second create":
		creates := 0
		TestProvisioner(t, fakeHarness(cgw.Rules{}, func(f *Fake) cgw.Provisioner {
			return bent{Provisioner: f, create: func(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
				if creates++; creates == 2 {
					return cgw.Gateway{}, cgw.ErrUnauthenticated
				}
				return f.Create(ctx, req)
			}}
		}))
		return
	case "sound":
		TestProvisioner(t, Harness{New: func(testing.TB) cgw.Provisioner { return new(Fake) }})
		return
	}
	report := func(kind string, flags ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), os.Args[0], append([]string{"-test.run=^TestReport$/Delete/"}, flags...)...)
		cmd.Env = append(os.Environ(), variable+"="+kind)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}

	out, err := report("broken")
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	require.Contains(t, out, "--- FAIL: TestReport/Delete/existing")
	require.Contains(t, out, "Get: no error, want one")
	require.Contains(t, out, "rule: Delete removes the gateway, and no other")

	out, err = report("no create", "-test.run=^TestReport$")
	require.ErrorAs(t, err, &exit)
	require.Equal(t, 1, strings.Count(out, "--- FAIL: TestReport/"), out)
	require.Contains(t, out, "Create({IPAddress:203.0.113.1")
	require.Regexp(t, `stopped after Create/minimal, the first case that creates a gateway: .* The other \d+ cases were not run`, out)

	out, err = report("second create", "-test.run=^TestReport$")
	require.ErrorAs(t, err, &exit)
	require.NotContains(t, out, "stopped after")

	out, err = report("sound")
	require.NoError(t, err)
	require.Regexp(t, `^PASS\n(coverage: .*\n)?$`, out)

	out, err = report("sound", "-test.v")
	require.NoError(t, err)
	require.Regexp(t, `\d+ cases; \d+ more do not apply`, out)
	require.Contains(t, out, "Delete/in use: Harness.Connect is nil")
	require.Contains(t, out, "Harness.Requests is nil")
}
