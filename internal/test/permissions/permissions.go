// Package permissions makes docs/permissions.md from the actions that the providers send.
package permissions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/operation"
	"github.com/cgw-go/cgw/internal/providertest"
	"github.com/cgw-go/cgw/internal/test/answers"
	"github.com/cgw-go/cgw/internal/test/codepage"
)

// Level is how much a user may do.
type Level uint8

// The levels. Each includes the rights of those before it.
const (
	ReadOnly Level = iota
	Provisioning
	Ensuring
)

// Levels are the names of the levels in the document.
func Levels() []string {
	return []string{"Read-only: Get, List", "Provisioning: Create, Update without tags, Delete", "With tags: package ensure, Update with tags"}
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
	add(right{a.Get, ReadOnly, "Get; the result of Update", "Get fails; Update writes, but then fails"})
	add(right{a.List, ReadOnly, "List; Create, to look for the gateway after an unknown outcome", "List fails; such a Create ends with ErrOutcomeUnknown, and ErrAlreadyExists does not name the gateway"})
	add(right{a.ReadTags, ReadOnly, "the tags of Get and List", "both fail; Update writes, but then fails"})
	add(right{a.Create, Provisioning, "Create", "it fails"})
	add(right{a.Modify, Provisioning, "Update of fields other than tags", "it fails"})
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

// Cloud describes the policies of a cloud.
type Cloud struct {
	answers.Cloud
	Name   string
	Right  func(action string) string // its name in a policy
	Policy func(rights []string) any  // the policy that allows them
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
	if err != nil {
		t.Fatal(err)
	}
	want, ok := codepage.Splice(string(doc), c.Name, c.markdown())
	switch {
	case !ok:
		t.Fatalf("%s has no section %s", file, c.Name)
	case update:
		if err := os.WriteFile(file, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	case want != string(doc):
		t.Errorf("%s is not as the actions are: run the test with -update", file)
	}
}

// CheckUse runs the operations of each level and requires that they send the actions of the level,
// all of them and no others. inUse is the code of a gateway in use.
func (c Cloud) CheckUse(t *testing.T, inUse string) {
	t.Helper()
	s, p := c.Open(t, providertest.Once())
	ctx := t.Context()
	check := func(level Level, do ...func(context.Context, cgw.Provisioner) error) {
		t.Helper()
		for _, op := range do {
			if err := op(ctx, p); err != nil {
				t.Error(err)
			}
		}
		var used []string
		for _, r := range rights(c.Actions) {
			if s.Asked(r.action) > 0 {
				used = append(used, c.Right(r.action))
			}
		}
		slices.Sort(used)
		if want := c.Of(level); !slices.Equal(used, want) || s.Rest() > 0 {
			t.Errorf("%s: %d further actions and %v are used, of %v", Levels()[level], s.Rest(), used, want)
		}
	}
	held := func(ctx context.Context, p cgw.Provisioner) error {
		s.Refuse, s.Code = c.Actions.Delete, inUse
		err := answers.Delete(ctx, p)
		s.Refuse = ""
		if !errors.Is(err, cgw.ErrInUse) {
			return fmt.Errorf("a gateway in use: %w", err)
		}
		return nil
	}
	check(ReadOnly, answers.Get, answers.List)
	check(Provisioning, answers.Get, answers.List, answers.Create, answers.Rename, answers.Delete, held)
	check(Ensuring, answers.Get, answers.List, answers.Create, answers.Rename, answers.Delete, held, answers.Retag)
}
