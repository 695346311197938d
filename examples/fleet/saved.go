package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/ensure"
)

// save writes the plans to a file, for a review and for -apply. They hold no secret.
func (r *report) save(file string) error {
	for _, t := range r.Targets {
		if t.Plan == nil {
			return fmt.Errorf("%s was not written: %s could not be read", file, t.Name)
		}
	}
	var data bytes.Buffer
	if err := r.write(&data); err != nil {
		return err
	}
	return os.WriteFile(file, data.Bytes(), 0o600)
}

// readPlan reads saved plans, and compares them with the file of sites and the flags: an edited plan
// cannot do what these do not allow. ensure.ApplyAll checks that a plan does only what its own
// options allow, also before anything is sent. A plan holds no secrets: readPlan takes them from the
// file of sites, which reads them from the environment.
func readPlan(name string, f fleet) (*report, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var r report
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	err = dec.Decode(&r)
	if err == nil && !errors.Is(dec.Decode(new(any)), io.EOF) {
		err = errors.New("there is more after the plan")
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = errors.New("it is cut short")
	}
	if err == nil && r.Version != reportVersion {
		err = fmt.Errorf("its version is %d, not %d", r.Version, reportVersion)
	}
	if err != nil {
		return nil, &fileError{name, []fault{{Text: "is not a plan of this program: " + err.Error()}}}
	}
	c := planChecker{faults{lines: f.lines}, f}
	if err := c.check(&r); err != nil {
		return nil, &fileError{name, err}
	}
	return &r, nil
}

// with sets the Provisioners of the targets.
func (r *report) with(c *clouds) *report {
	for i, t := range r.Targets {
		t.provisioner = c.provisioners[i]
	}
	return r
}

// planChecker finds the differences between a plan and the file of sites.
type planChecker struct {
	faults
	fleet
}

// check puts the targets in the order of the file, and returns all faults.
func (c *planChecker) check(r *report) []fault {
	plans := map[string]*targetReport{}
	for _, t := range r.Targets {
		switch {
		case t == nil || t.Plan == nil:
			c.fault(top("targets"), "a target has no plan")
		case plans[t.Name] != nil:
			c.fault(top("targets"), "%q is there twice", t.Name)
		default:
			plans[t.Name] = t
		}
	}
	r.Targets = nil
	for i, t := range c.targets {
		at := place{i, -1, ""}
		saved := plans[t.name]
		delete(plans, t.name)
		if saved == nil {
			c.fault(at, "is not in the plan")
			continue
		}
		saved.Results, saved.places = nil, c.places(i)
		c.whole(t, saved, at)
		c.steps(t, saved.Plan, at)
		r.Targets = append(r.Targets, saved)
	}
	for _, name := range slices.Sorted(maps.Keys(plans)) {
		c.fault(top("targets"), "%q is not in the file of sites", name)
	}
	for i := range c.all {
		c.all[i].Target, c.all[i].Site = c.form.names(c.all[i].at)
	}
	return c.all
}

// whole compares the target and the options of a plan with those of the file.
func (c *planChecker) whole(t target, r *targetReport, at place) {
	plan := r.Plan
	const maker = ", by the file: make a new plan"
	for _, w := range []struct{ key, plan, file string }{
		{"cloud", string(r.Cloud), string(t.cloud)},
		{"cloud", string(plan.Location.Provider), string(t.cloud)},
		{"region", r.Region, t.region},
		{"region", plan.Location.Region, t.region},
		{"account", r.Account, t.account},
		{"account", plan.Account, t.account},
		{"name", plan.Target, t.name},
		{"owner", plan.Owner, t.options.Owner},
		{"ownerKey", plan.OwnerKey, t.options.OwnerKey},
	} {
		if w.plan != w.file {
			c.fault(at.to(w.key), "the plan is for %q; it is %q%s", w.plan, w.file, maker)
		}
	}
	for _, w := range []struct {
		key           string
		plan, allowed bool
	}{
		{"adopt", plan.AdoptUnowned, t.options.AdoptUnowned},
		{"replace", plan.Replace, t.options.Replace},
		{"exactTags", plan.ExactTags, false},
		{"prune", plan.Prune, t.prune},
		{"pruneAll", plan.PruneAll, t.pruneAll},
	} {
		if w.plan && !w.allowed {
			c.fault(at.to(w.key), "the plan allows it; neither the file nor a flag does")
		}
	}
	for _, owner := range plan.AdoptFrom {
		if !slices.Contains(t.options.AdoptFrom, owner) {
			c.fault(at.to("adopt"), "the plan adopts from %q; neither the file nor a flag lists that owner", owner)
		}
	}
	if t.maxDeletes > 0 && (plan.MaxDeletes == 0 || plan.MaxDeletes > t.maxDeletes) {
		c.fault(at.to("maxDeletes"), "is %d in the plan, and %d in the file", plan.MaxDeletes, t.maxDeletes)
	}
}

// steps compares the specification of each step with that of the site, and sets the AuthKey of the
// steps.
func (c *planChecker) steps(t target, plan *ensure.Plan, target place) {
	n := 0
	for i := range plan.Steps {
		step := &plan.Steps[i]
		if step.Kind == ensure.StepDelete {
			continue
		}
		if n < len(t.specs) {
			c.step(step.Spec, t.specs[n], place{target.target, n, ""})
			step.Spec.AuthKey = t.specs[n].AuthKey
		}
		n++
	}
	if n != len(t.specs) {
		c.fault(target.to("sites"), "are %d in the plan, and %d in the file: make a new plan", n, len(t.specs))
	}
}

func (c *planChecker) step(plan, file cgw.CreateRequest, at place) {
	for _, w := range []struct{ key, plan, file string }{
		{"ip", plan.IPAddress.String(), file.IPAddress.String()},
		{"name", plan.Name, file.Name},
		{"asn", plan.ASN.String(), file.ASN.String()},
		{"description", plan.Description, file.Description},
		{"tags", tagsText(plan.Tags), tagsText(file.Tags)},
		{"resourceGroup", plan.ResourceGroupID, file.ResourceGroupID},
		{"authKeyEnv", presence(plan.AuthKey), presence(file.AuthKey)},
		{"clientToken", plan.ClientToken, file.ClientToken},
	} {
		if w.plan != w.file {
			c.fault(at.to(w.key), "is %q in the plan, and %q in the file: make a new plan", w.plan, w.file)
		}
	}
}

// presence says whether there is a key. A plan does not have the key itself.
func presence(key cgw.Secret) string {
	if key == "" {
		return "none"
	}
	return "a key"
}

func tagsText(tags map[string]string) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		parts = append(parts, strconv.Quote(k)+": "+strconv.Quote(tags[k]))
	}
	return strings.Join(parts, ", ")
}
