// Package permissions makes docs/permissions.md from the actions that the providers send.
package permissions

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/errcode"
	"github.com/cgw-go/cgw/internal/operation"
	"github.com/cgw-go/cgw/internal/test/answers"
)

// Level is how much a user may do.
type Level uint8

// The levels, each with what the ones before it have.
const (
	ReadOnly Level = iota
	Provisioning
	Ensuring
)

// Levels are the names of the levels in the document.
func Levels() []string {
	return []string{"Read-only: Get, List", "Provisioning: Create, Update but for tags, Delete", "With tags: package ensure, Update with tags"}
}

// right is one action that a user must be allowed.
type right struct {
	action       string
	level        Level
	use, without string
}

// rights are those of the actions, each once.
func rights(a operation.Actions) []right {
	var all []right
	add := func(r right) {
		i := slices.IndexFunc(all, func(o right) bool { return o.action == r.action })
		switch {
		case r.action == "":
		case i < 0:
			all = append(all, r)
		default:
			all[i].use += "; " + r.use
			all[i].without += "; " + r.without
		}
	}
	add(right{a.Get, ReadOnly, "Get; the result of Update", "Get fails, and Update after it wrote"})
	add(right{a.List, ReadOnly, "List; a Create whose outcome is not known, to look", "List fails; such a Create ends with ErrOutcomeUnknown, and ErrAlreadyExists does not name the gateway"})
	add(right{a.ReadTags, ReadOnly, "the tags of Get and List", "both fail, and Update after it wrote"})
	add(right{a.Create, Provisioning, "Create", "it fails"})
	add(right{a.Modify, Provisioning, "Update of anything but tags", "it fails"})
	add(right{a.Delete, Provisioning, "Delete", "it fails"})
	add(right{a.Connections, Provisioning, "Delete of a gateway in use, to name the connections", "ErrInUse has no ConflictingIDs"})
	add(right{a.Tag, Ensuring, "setting tags", "Update with tags fails, and so does adopting a gateway"})
	if a.Untag == a.Tag {
		all[len(all)-1].use = "setting and removing tags"
	} else {
		add(right{a.Untag, Ensuring, "removing tags", "Update that removes tags fails"})
	}
	return all
}

// Cloud is what the two languages of policies differ in.
type Cloud struct {
	Name    string
	Actions operation.Actions
	Right   func(action string) string // its name in a policy
	Policy  func(rights []string) any  // that allows them
}

// markdown returns the cloud's section of the document.
func (c Cloud) markdown() string {
	var b strings.Builder
	b.WriteString("| right | for | without it |\n|---|---|---|\n")
	all := rights(c.Actions)
	for _, r := range all {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", c.Right(r.action), r.use, r.without)
	}
	for level, name := range Levels() {
		policy, _ := json.MarshalIndent(c.Policy(c.Of(Level(level))), "", "  ") //nolint:gosec // there are three
		fmt.Fprintf(&b, "\n**%s:**\n\n```json\n%s\n```\n", name, policy)
	}
	return b.String()
}

// Of returns the rights of a level, sorted.
func (c Cloud) Of(level Level) []string {
	var names []string
	for _, r := range rights(c.Actions) {
		if r.level <= level {
			names = append(names, c.Right(r.action))
		}
	}
	slices.Sort(names)
	return names
}

// CheckDocument compares the cloud's section of docs/permissions.md, or writes it.
func (c Cloud) CheckDocument(t *testing.T, update bool) {
	t.Helper()
	file := filepath.Join("..", "docs", "permissions.md")
	doc, err := os.ReadFile(file)
	require.NoError(t, err)
	want, ok := errcode.Splice(string(doc), c.Name, c.markdown())
	require.True(t, ok, "no section")
	if update {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o600))
		return
	}
	require.True(t, want == string(doc), "docs/permissions.md is not as the actions are: run the test with -update")
}

// CheckUse runs the operations of each level on a service and requires that they send the actions
// of the level, all of them and no others. inUse is the code of a gateway in use.
func (c Cloud) CheckUse(t *testing.T, s *answers.Service, p cgw.Provisioner, inUse string) {
	t.Helper()
	asked := func() (names []string) {
		for _, r := range rights(c.Actions) {
			if s.Asked(r.action) > 0 {
				names = append(names, c.Right(r.action))
			}
		}
		slices.Sort(names)
		require.Zero(t, s.Rest(), "actions without a right")
		return names
	}
	ctx := t.Context()
	reads := func() {
		require.NoError(t, answers.Get(ctx, p))
		require.NoError(t, answers.List(ctx, p))
	}
	reads()
	require.Equal(t, c.Of(ReadOnly), asked())

	writes := func() {
		reads()
		require.NoError(t, answers.Create(ctx, p))
		require.NoError(t, answers.Rename(ctx, p))
		require.NoError(t, answers.Delete(ctx, p))
		s.Refuse, s.Code = c.Actions.Delete, inUse
		require.ErrorIs(t, answers.Delete(ctx, p), cgw.ErrInUse)
		s.Refuse = ""
	}
	writes()
	require.Equal(t, c.Of(Provisioning), asked())

	writes()
	require.NoError(t, answers.Retag(ctx, p))
	require.Equal(t, c.Of(Ensuring), asked())
}
