package schedules_test

import (
	"encoding/json"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// mutant is a change that breaks cgw.
type mutant struct {
	name     string
	file     string // from the root of the module
	old, new string
	// real says that the schedules of package reliability find it, which run the real providers.
	real bool
}

const (
	createFile = "internal/operation/create.go"
	proveFile  = "internal/operation/prove.go"
	writeFile  = "internal/operation/write.go"
	loopFile   = "internal/attempt/loop.go"
	judgeFile  = "internal/attempt/judge.go"
	policyFile = "internal/attempt/policy.go"
	ensureFile = "ensure/create.go"
)

var mutants = []mutant{
	{name: "no look before a repeat", file: createFile, old: "Repeatable: e.Traits.Tokens,", new: "Repeatable: true,"},
	{name: "no wait before a repeat", file: createFile, old: "!read.Began.Before(brieflyUntil)", new: "!brieflyUntil.IsZero()"},
	{name: "no repeat after a look", file: createFile, old: "	default:\n		return false, nil\n	}\n}\n\n// taken", new: "	default:\n		return false, e\n	}\n}\n\n// taken"},
	{name: "no patience at the end", file: createFile, old: "waits := c.Loop.Policy().MaxAttempts", new: "waits := 0"},
	{name: "a token that is renewed", file: createFile, old: "	g, err := c.Driver.Create(ctx, c.req)", new: "	if c.Traits.Tokens {\n		c.req.ClientToken = rand.Text()\n	}\n	g, err := c.Driver.Create(ctx, c.req)"},
	{name: "a taken address always means not applied", file: createFile, old: "c.call.Unknown() && verdict != madeBefore", new: "false"},
	{name: "a success without an ID counts as a success", file: createFile, old: `case g.ID == "":`, new: "case false:"},
	{name: "the gateway that a call returned is not recorded", file: createFile, old: "	c.claim.note(g.ID)\n", new: ""},
	{name: "a gateway that another call returned is not excluded", file: createFile, old: "verdict == proven && c.claim.take(found.ID)", new: "verdict == proven"},
	{name: "proof without time", file: proveFile, old: "	newer := dated && !g.CreatedAt.Before(first.Truncate(time.Second))\n", new: "	newer := true\n	dated = false\n"},
	{name: "proof without tags", file: proveFile, old: "if _, ok := g.Tags[k]; !ok {", new: "if _, ok := g.Tags[k]; !ok && false {"},
	{name: "proof without the name", file: proveFile, old: "return g.Name != req.Name || ", new: "return "},
	{name: "a gateway without a known age counts as dated", file: proveFile, old: "dated := !now.IsZero() && !g.CreatedAt.IsZero()", new: "dated := true"},
	{name: "a gateway that may be from the call counts as older", file: proveFile, old: "		if older {\n", new: "		if true {\n"},
	{name: "an outcome is not carried over", file: loopFile, old: "	if c.Unknown() && e.Outcome == cgw.OutcomeNotApplied {", new: "	if false {"},
	{name: "an unknown outcome is forgotten", file: loopFile, old: "	next := c.decide(ctx, r, n, e, repeat, &saw.use)\n", new: "	if r.Write && e.Outcome == cgw.OutcomeNotApplied {\n		c.wrote = time.Time{}\n	}\n	next := c.decide(ctx, r, n, e, repeat, &saw.use)\n"},
	{name: "Retry-After is dropped", file: loopFile, old: "	if e.RetryAfter > 0 {\n", new: "	if e.RetryAfter = 0; e.RetryAfter > 0 {\n"},
	{name: "Retry-After is dropped for looks", file: loopFile, old: "		c.clock.due = time.Now().Add(e.RetryAfter)\n", new: ""},
	{name: "a wait goes on after the context", file: loopFile, old: "next.repeat && Sleep(ctx, next.wait)", new: "next.repeat && Sleep(context.WithoutCancel(ctx), next.wait)"},
	{name: "a call goes on after the context", file: loopFile, old: "	if ctx.Err() != nil {\n		return c.ended()\n	}\n", new: ""},
	{name: "a code that is not known means not applied", file: judgeFile, old: "row = errcode.Row{Repeat: errcode.LookOnce}", new: "row = errcode.Row{}"},
	{name: "a request that was sent counts as not sent", file: judgeFile, old: "		if rec.Sent {\n", new: "		if false {\n"},
	{name: "a request that was not sent counts as sent", file: judgeFile, old: "		if rec.Sent {\n", new: "		if true {\n"},
	{name: "a reply that says nothing means not applied", file: judgeFile, old: "		return errcode.Look, cgw.ErrUnavailable\n", new: "		return errcode.Wait, cgw.ErrUnavailable\n"},
	{name: "a read counts as a write", file: judgeFile, old: "	if !r.Write {\n", new: "	if false {\n"},
	{name: "a delete of a missing gateway succeeds", file: writeFile, old: "errors.Is(err, cgw.ErrNotFound) && call.Unknown()", new: "errors.Is(err, cgw.ErrNotFound)"},
	{name: "not found after a lost delete is an error", file: writeFile, old: "errors.Is(err, cgw.ErrNotFound) && call.Unknown()", new: "false"},
	{name: "in use leaves the outcome unknown", file: writeFile, old: "used.Outcome, used.ConflictingIDs = cgw.OutcomeNotApplied, e", new: "used.Outcome, used.ConflictingIDs = cgw.OutcomeUnknown, e"},
	{name: "an update in part is not applied", file: writeFile, old: "	p.Outcome = cgw.OutcomeUnknown\n", new: "	p.Outcome = cgw.OutcomeNotApplied\n"},
	{name: "an update returns what reads show", file: writeFile, old: "return e.acknowledged(ctx, call, g, fields), everything, nil", new: "return g, everything, nil"},
	{name: "the wait after a timed-out attempt goes on after the context", file: loopFile, old: "next.repeat && Sleep(ctx, next.wait)", new: "next.repeat && Sleep(func() context.Context {\n			if n, ok := saw.rec.Err.(*exchange.NetworkError); ok {\n				if _, ok := n.Err.(exchange.TimeoutError); ok {\n					return context.WithoutCancel(ctx)\n				}\n			}\n			return ctx\n		}(), next.wait)"},
	{name: "MaxAttempts does not end a call", file: policyFile, old: "counted < p.MaxAttempts", new: "counted < 1000*p.MaxAttempts"},
	{name: "no longer look after a refusal", file: createFile, old: "		waits++ //", new: "		_ = waits //"},
	{name: "unknown although the outcome is certain", file: createFile, old: "c.call.Unknown() && verdict != madeBefore", new: "c.call.Unknown()"},
	{name: "the gateway at the address is not named", file: createFile, old: "cgw.ErrAlreadyExists, cgw.OutcomeNotApplied, []string{id}", new: "cgw.ErrAlreadyExists, cgw.OutcomeNotApplied, nil"},
	{name: "a taken address has the kind of the last error", file: createFile, old: "t.Kind, t.Outcome, t.ConflictingIDs = cgw.ErrAlreadyExists, cgw.OutcomeNotApplied", new: "t.Outcome, t.ConflictingIDs = cgw.OutcomeNotApplied"},
	{name: "the result has no tags", file: createFile, old: "		g.Tags = maps.Clone(req.Tags)\n", new: "		g.Tags = maps.Clone(g.Tags)\n"},
	{name: "the error has no token", file: createFile, old: "call := e.Loop.Start(cgw.OpCreate, \"\", req.ClientToken)\n	req", new: "call := e.Loop.Start(cgw.OpCreate, \"\", \"\")\n	req"},
	{name: "the gateway that a look found is not recorded", file: "internal/operation/claims.go", old: "	c.note(id)\n	return true", new: "	return true"},
	{name: "proof without the values of tags", file: proveFile, old: "ok && have != v", new: "ok && have != v && false"},
	{name: "proof without the ASN", file: proveFile, old: " || (g.ASN != req.ASN && g.ASN != 0) ||", new: " ||"},
	{name: "a change of tags does not count as written", file: "internal/operation/tags.go", old: "		*written = something\n", new: "		_ = written\n"},
	{name: "an update whose last read fails is unknown", file: writeFile, old: "return cgw.Gateway{}, everything, err", new: "return cgw.Gateway{}, written, err"},
	{name: "ensure: a random token", file: ensureFile, old: "		req.ClientToken = e.derivedToken(req, \"\")", new: "		req.ClientToken = rand.Text()"},
	{name: "ensure: no look for the gateway at the address", file: ensureFile, old: "	g, err := e.holder(ctx, s.Spec, of)", new: "	if true {\n		return Result{}, false, of\n	}\n	g, err := e.holder(ctx, s.Spec, of)"},

	{name: "tencent: times are UTC", real: true, file: "tencent/convert.go", old: "8*60*60", new: "0"},
	{name: "tencent: creates without the ASN", real: true, file: "tencent/convert.go", old: "if req.ASN != 0 {", new: "if false {"},
	{name: "tencent: creates without tags", real: true, file: "tencent/convert.go", old: "slices.Sorted(maps.Keys(req.Tags))", new: "slices.Sorted(maps.Keys(map[string]string{}))"},
	{name: "tencent: throttled is final", real: true, file: "tencent/errors.go", old: `{Code: "RequestLimitExceeded", Kind: cgw.ErrThrottled, Repeat: errcode.Wait,`, new: `{Code: "RequestLimitExceeded", Kind: cgw.ErrThrottled,`},
	{name: "tencent: a failed service has done nothing", real: true, file: "tencent/errors.go", old: `{Code: "InternalError", Kind: cgw.ErrUnavailable, Repeat: errcode.Look,`, new: `{Code: "InternalError", Kind: cgw.ErrUnavailable, Repeat: errcode.Wait,`},
	{name: "tencent: Duplicate is any refusal", real: true, file: "tencent/errors.go", old: `"InvalidParameterValue.Duplicate", Kind: cgw.ErrAlreadyExists`, new: `"InvalidParameterValue.Duplicate", Kind: cgw.ErrInvalidArgument`},
	{name: "tencent: gone is any refusal", real: true, file: "tencent/errors.go", old: `"UnsupportedOperation.RecordNotExists", Kind: cgw.ErrNotFound`, new: `"UnsupportedOperation.RecordNotExists", Kind: cgw.ErrInvalidArgument`},
	{name: "tencent: any JSON acknowledges a delete", real: true, file: "tencent/driver.go", old: "	return write(ctx, d.sender, r)\n}\n\nfunc (d *driver) Connections", new: "	_, err := send[struct{}](ctx, d.sender, r)\n	return err\n}\n\nfunc (d *driver) Connections"},
	{name: "alibaba: creates without the token", real: true, file: "alibaba/convert.go", old: "ClientToken:     optional(req.ClientToken)", new: "ClientToken:     nil"},
	{name: "alibaba: times are seconds", real: true, file: "alibaba/convert.go", old: "time.UnixMilli(ms).UTC()", new: "time.Unix(ms/1e6, 0).UTC()"},
	{name: "alibaba: a failed service has done nothing", real: true, file: "alibaba/errors.go", old: `{Code: "InternalError", Kind: cgw.ErrUnavailable, Repeat: errcode.Look,`, new: `{Code: "InternalError", Kind: cgw.ErrUnavailable,`},
	{name: "alibaba: AlreadyExist is any refusal", real: true, file: "alibaba/errors.go", old: `"InvalidIpAddress.AlreadyExist", Kind: cgw.ErrAlreadyExists`, new: `"InvalidIpAddress.AlreadyExist", Kind: cgw.ErrInvalidArgument`},
	{name: "alibaba: any JSON acknowledges", real: true, file: "alibaba/driver.go", old: "	return exchange.Acknowledged(string(reply.RequestID))", new: "	_ = reply\n	return nil"},
}

// TestMutantsApply tests that the old text of every mutant is in the code exactly once, and that the
// package compiles with the new text.
func TestMutantsApply(t *testing.T) {
	const root = "../../../.."
	var dirs []string
	for _, m := range mutants {
		dirs = append(dirs, "./"+path.Dir(m.file))
	}
	slices.Sort(dirs)
	files := token.NewFileSet()
	imports := exports(t, files, root, slices.Compact(dirs))
	for _, m := range mutants {
		text, err := os.ReadFile(filepath.Join(root, m.file))
		require.NoError(t, err)
		if !assert.Equal(t, 1, strings.Count(string(text), m.old), "%s: the place is not found once in %s", m.name, m.file) {
			continue
		}
		pkg, err := build.ImportDir(filepath.Join(root, path.Dir(m.file)), 0)
		require.NoError(t, err)
		var parsed []*ast.File
		for _, name := range pkg.GoFiles {
			var source any
			if name == path.Base(m.file) {
				source = strings.Replace(string(text), m.old, m.new, 1)
			}
			f, err := parser.ParseFile(files, filepath.Join(pkg.Dir, name), source, 0)
			require.NoError(t, err, m.name)
			parsed = append(parsed, f)
		}
		_, err = (&types.Config{Importer: imports}).Check(pkg.Name, files, parsed, nil)
		assert.NoError(t, err, m.name)
	}
}

// exports returns an importer that reads the imports of the packages from the build cache.
func exports(t *testing.T, files *token.FileSet, root string, packages []string) types.Importer {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}"}, packages...)...) //nolint:gosec // of the table above
	cmd.Dir, cmd.Stderr = root, os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err)
	of := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		of[name] = file
	}
	return importer.ForCompiler(files, "gc", func(name string) (io.ReadCloser, error) { return os.Open(of[name]) })
}

// TestMutants breaks cgw in one place after another. The schedules must find each mutant. It prints
// the table of docs/reliability.md. CGW_MUTANTS=1 runs all mutants, another value those whose names
// contain it. Without CGW_MUTANTS the test is skipped: it takes ten minutes. TestMutantsApply
// always runs.
func TestMutants(t *testing.T) {
	only := os.Getenv("CGW_MUTANTS")
	if only == "" {
		t.Skip("CGW_MUTANTS is not set")
	}
	root, err := filepath.Abs("../../../..")
	require.NoError(t, err)
	finding := regexp.MustCompile(`(?m)^\s+every_test\.go:\d+: (.*(?:\]|after .*))$`)
	for _, m := range mutants {
		if only != "1" && !strings.Contains(m.name, only) {
			continue
		}
		t.Run(m.name, func(t *testing.T) {
			file := filepath.Join(root, m.file)
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, 1, strings.Count(string(text), m.old), "the place is not found once in %s", m.file)
			broken := filepath.Join(t.TempDir(), "broken.go")
			require.NoError(t, os.WriteFile(broken, []byte(strings.Replace(string(text), m.old, m.new, 1)), 0o600))
			overlay, err := json.Marshal(map[string]map[string]string{"Replace": {file: broken}})
			require.NoError(t, err)
			list := filepath.Join(t.TempDir(), "overlay.json")
			require.NoError(t, os.WriteFile(list, overlay, 0o600))
			args := []string{"test", "-failfast", "-vet=off", "-overlay", list, "-run", "^TestEvery", "./internal/test/reliability/schedules"}
			if m.real {
				args[len(args)-1] = "./internal/test/reliability"
			}
			cmd := exec.CommandContext(t.Context(), "go", args...) //nolint:gosec // of the table above
			cmd.Dir = root
			cmd.Env = append(os.Environ(), "CGW_LONG=", "CGW_MUTANTS=")
			out, err := cmd.CombinedOutput()
			require.Error(t, err, "the mutant survives")
			found := finding.FindSubmatch(out)
			require.NotNil(t, found, "it fails otherwise:\n%s", out)
			t.Logf("| %s | %s |", m.name, found[1])
		})
	}
}
