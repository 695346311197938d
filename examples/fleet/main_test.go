package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// env is a directory with a file of sites and the state of the emulators.
type env struct {
	t           *testing.T
	ctx         context.Context
	file, state string
	in          string // standard input
	out, errs   string // of the last run
}

func newEnv(t *testing.T, yaml string) *env {
	t.Helper()
	dir := t.TempDir()
	e := &env{t: t, file: filepath.Join(dir, "sites.yaml"), state: filepath.Join(dir, "state.json"), ctx: t.Context()}
	e.write(yaml)
	return e
}

func (e *env) write(yaml string) {
	e.t.Helper()
	require.NoError(e.t, os.WriteFile(e.file, []byte(yaml), 0o600))
}

// run runs the program on emulators of its own, and returns its exit code.
func (e *env) run(args ...string) int {
	e.t.Helper()
	return e.exec(append(append(args, "-state", e.state), e.file)...)
}

// exec runs the program as main does.
func (e *env) exec(args ...string) int {
	e.t.Helper()
	var out, errs bytes.Buffer
	code := run(e.ctx, args, strings.NewReader(e.in), &out, &errs, terminal{})
	e.out, e.errs = out.String(), errs.String()
	return code
}

func (e *env) states() states {
	e.t.Helper()
	s, err := readStates(e.state)
	require.NoError(e.t, err)
	return s
}

var ids = regexp.MustCompile(`cgw-[a-z0-9]+`)

func sample(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("sites.yaml")
	require.NoError(t, err)
	return string(data)
}

func TestFirstRunCreatesSecondWritesNothing(t *testing.T) {
	e := newEnv(t, sample(t))
	e.in = "yes\n"
	require.Equal(t, exitDone, e.run("-per-target", "1", "-total", "1"), e.errs)
	want, err := os.ReadFile("testdata/first.txt")
	require.NoError(t, err)
	shown, done, ok := strings.Cut(ids.ReplaceAllString(e.out, "cgw-ID"), "[yes/no] \n")
	require.True(t, ok)
	require.Equal(t, string(want), shown+"\n")
	require.ElementsMatch(t, []string{
		"guangzhou: 203.0.113.7 office-guangzhou: created cgw-ID",
		"guangzhou: 203.0.113.8 warehouse: created cgw-ID",
		"shanghai: 198.51.100.20 office-shanghai: created cgw-ID",
		"shanghai: 198.51.100.21 lab: created cgw-ID",
		"4 changed, 0 unchanged", "",
	}, strings.Split(done, "\n"))
	before := e.states()
	require.Len(t, before.Tencent["ap-guangzhou"].Gateways(), 2)
	require.Equal(t, "netops", before.Alibaba["cn-shanghai"].Gateways()[0].Tags["cgw:owner"])

	e.in = ""
	require.Equal(t, exitDone, e.run(), "nothing to do is not asked about")
	require.Equal(t, "guangzhou (tencent, ap-guangzhou)\n2 unchanged\nshanghai (alibaba, cn-shanghai)\n2 unchanged\n", e.out)
	require.Equal(t, before.Alibaba["cn-shanghai"].Gateways(), e.states().Alibaba["cn-shanghai"].Gateways())
}

func TestAnswers(t *testing.T) {
	for answer, code := range map[string]int{"yes\n": exitDone, " yes \r\n": exitDone, "yes": exitDone, "y\n": exitDeclined, "no\n": exitDeclined, "": exitDeclined} {
		e := newEnv(t, sample(t))
		e.in = answer
		require.Equal(t, code, e.run(), "%q", answer)
		if code == exitDeclined {
			require.Contains(t, e.errs, "nothing was changed")
			require.Empty(t, e.states().Tencent["ap-guangzhou"].Gateways())
		}
	}
}

func TestDryRun(t *testing.T) {
	e := newEnv(t, sample(t))
	require.Equal(t, exitChanges, e.run("-dry-run"))
	require.NotContains(t, e.out, "yes/no")
	require.Empty(t, e.states().Tencent["ap-guangzhou"].Gateways())
	require.Equal(t, exitDone, e.run("-yes"))
	require.Equal(t, exitDone, e.run("-dry-run"))
}

const one = `
owner: netops
targets:
- name: shanghai
  cloud: alibaba
  region: cn-shanghai
  sites:
  - {name: lab, ip: 198.51.100.21, asn: 65010}
`

func TestChangesOfTheFile(t *testing.T) {
	e := newEnv(t, one)
	require.Equal(t, exitDone, e.run("-yes"))

	e.write(strings.ReplaceAll(one, "name: lab", "name: laboratory"))
	require.Equal(t, exitDone, e.run("-yes"))
	require.Contains(t, e.out, "Name: lab → laboratory")
	require.Contains(t, e.out, "updated cgw-")

	e.write(strings.ReplaceAll(one, "65010", "65011"))
	require.Equal(t, exitFailed, e.run("-dry-run"), "an ASN cannot be changed there")
	require.Contains(t, e.out, "ASN: 65010 → 65011 (needs -replace)")
	require.Equal(t, exitFailed, e.run("-yes"))
	require.Equal(t, exitDone, e.run("-yes", "-replace"))
	require.EqualValues(t, 65011, e.states().Alibaba["cn-shanghai"].Gateways()[0].ASN)

	e.write(strings.ReplaceAll(one, "  - {name: lab, ip: 198.51.100.21, asn: 65010}", ""))
	require.Equal(t, exitDone, e.run("-yes"), "without -prune nothing is deleted")
	require.Len(t, e.states().Alibaba["cn-shanghai"].Gateways(), 1)
	require.Contains(t, e.out, "1 owned but not in the file")
	require.Equal(t, exitInput, e.run("-yes", "-prune"), "a file that lost its sites deletes nothing")
	require.Contains(t, e.errs, "pruneAll allows that")
	require.Equal(t, exitChanges, e.run("-dry-run", "-prune", "-prune-all"))
	require.Equal(t, exitDone, e.run("-yes", "-prune", "-prune-all"))
	require.Contains(t, e.out, "deleted cgw-")
	require.Empty(t, e.states().Alibaba["cn-shanghai"].Gateways())
}

func TestForeignGateways(t *testing.T) {
	e := newEnv(t, sample(t))
	s := states{Tencent: map[string]*tencenttest.State{"ap-guangzhou": {}}}
	s.Tencent["ap-guangzhou"].Seed(tencenttest.Gateway{ID: "cgw-theirs00", Name: "theirs", IPAddress: "203.0.113.8"})
	require.NoError(t, writeStates(e.state, s))
	require.Equal(t, exitFailed, e.run("-yes", "-prune"))
	require.Contains(t, e.out, `! foreign 203.0.113.8 "warehouse" (cgw-theirs00) at `+e.file+":13")
	require.Contains(t, e.out, "3 changed, 0 unchanged, 1 failed", "the other sites are made")
	all := e.states().Tencent["ap-guangzhou"].Gateways()
	require.Len(t, all, 2)
	require.Equal(t, "theirs", all[0].Name)

	require.Equal(t, exitDone, e.run("-yes", "-adopt", "unowned"))
	require.Contains(t, e.out, "adopted cgw-theirs00")
	all = e.states().Tencent["ap-guangzhou"].Gateways()
	require.Equal(t, "warehouse", all[0].Name)
	require.Equal(t, "netops", all[0].Tags["cgw:owner"])
}

func TestJSON(t *testing.T) {
	t.Setenv("LAB_KEY", "s3cret")
	e := newEnv(t, strings.ReplaceAll(one, "asn: 65010", "authKeyEnv: LAB_KEY"))
	read := func() (r report) {
		t.Helper()
		require.NoError(t, json.Unmarshal([]byte(e.out), &r), e.out)
		require.NotContains(t, e.out, "s3cret")
		return r
	}
	require.Equal(t, exitChanges, e.run("-json", "-dry-run"))
	plan := read().Targets[0]
	require.Equal(t, "shanghai", plan.Name)
	require.Equal(t, 1, plan.Plan.Count(ensure.StepCreate))
	require.Empty(t, plan.Results)

	require.Equal(t, exitDone, e.run("-json", "-yes"))
	res := read().Targets[0].Results
	require.NotRegexp(t, regexp.MustCompile(`"[A-Z][A-Za-z]*":`), e.out, "names have one spelling")
	require.Len(t, res, 1)
	require.Equal(t, ensure.Created, res[0].Action)
	require.Regexp(t, "^cgw-", res[0].ID)
	require.Equal(t, "s3cret", e.states().Alibaba["cn-shanghai"].Gateways()[0].AuthKey.Reveal())

	require.Equal(t, exitDone, e.run("-json", "-yes"))
	require.Equal(t, 1, read().Targets[0].Plan.Count(ensure.StepUnchanged))
}

func TestUsage(t *testing.T) {
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"-h"}, exitDone, "usage: fleet [flags] FILE"},
		{nil, exitInput, "give one FILE"},
		{[]string{"a", "b"}, exitInput, "give one FILE"},
		{[]string{"-nope", "a"}, exitInput, "flag provided but not defined"},
		{[]string{"-json", "a"}, exitInput, "wants -yes, -dry-run or -plan"},
		{[]string{"-live", "-state", "s", "a"}, exitInput, "not for -live"},
		{[]string{"-total", "-1", "a"}, exitInput, "must not be negative"},
		{[]string{"-dry-run", "-plan", "p", "a"}, exitInput, "choose one"},
		{[]string{"-apply", "p", "-export", "a"}, exitInput, "choose one"},
		{[]string{"-region", "tencent/r", "-owner", "o"}, exitInput, "-region is for -export"},
		{[]string{"-export", "-region", "tencent/r"}, exitInput, "belong together"},
		{[]string{"-export", "-owner", "o", "a"}, exitInput, "belong together"},
		{[]string{"-export", "-owner", "o", "-region", "aws/r"}, exitInput, "must be tencent/REGION or alibaba/REGION"},
		{[]string{"-adopt", "a,,b", "a"}, exitInput, "an empty owner"},
		{[]string{filepath.Join(t.TempDir(), "none.yaml")}, exitInput, "no such file"},
	} {
		var out, errs bytes.Buffer
		require.Equal(t, tt.code, run(t.Context(), tt.args, strings.NewReader(""), &out, &errs, terminal{}), tt.args)
		require.Contains(t, errs.String(), tt.says)
		require.Empty(t, out.String())
		require.Equal(t, 1, strings.Count(errs.String(), tt.says))
	}
}

func TestLiveWithoutCredentials(t *testing.T) {
	t.Setenv("TENCENTCLOUD_SECRET_ID", "") // set, so that no other source is asked
	t.Setenv("TENCENTCLOUD_SECRET_KEY", "")
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "id")
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "")
	var out, errs bytes.Buffer
	require.Equal(t, exitInput, run(t.Context(), []string{"-live", "-yes", "sites.yaml"}, strings.NewReader(""), &out, &errs, terminal{}))
	require.Contains(t, errs.String(), "sites.yaml: line 5: guangzhou: cannot be reached: ")
	require.Contains(t, errs.String(), "sites.yaml: line 16: shanghai: cannot be reached: ", "all of them")
	require.Contains(t, errs.String(), "unauthenticated")
	require.Empty(t, out.String())
}

func TestBrokenState(t *testing.T) {
	e := newEnv(t, one)
	require.NoError(t, os.WriteFile(e.state, []byte("{"), 0o600))
	require.Equal(t, exitInput, e.run("-yes"))
	data, err := os.ReadFile(e.state)
	require.NoError(t, err)
	require.Equal(t, "{", string(data), "what could not be read is not overwritten")
}

func TestCancelled(t *testing.T) {
	e := newEnv(t, one)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	e.ctx = ctx
	require.Equal(t, exitFailed, e.run("-yes"))
	require.Contains(t, e.out, "! cannot be read: ")
	require.Contains(t, e.out, "context canceled")
}
