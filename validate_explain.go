package cgw

import (
	"errors"
	"slices"
	"strings"
)

// allowedToday ends the reason of a refusal that Rules.Current would not make.
const allowedToday = ", but the vendor's documents of today allow it: set Validation to cgw.Current"

// explain returns the faults as an error, or nil if there are none. It adds to the reasons what
// Current would allow, and which of the Parts refuse. check checks the same request against other
// rules.
func (r Rules) explain(found ValidationError, check func(Rules) error) error {
	if len(found.Fields) == 0 {
		return nil
	}
	if r.Current != nil {
		today := faultsIn(check(*r.Current))
		for _, f := range found.Fields {
			if !slices.ContainsFunc(today, func(o *FieldError) bool { return o.Field == f.Field && o.Value == f.Value }) {
				f.Reason += allowedToday
			}
		}
	}
	if len(r.Parts) > 0 {
		found.Fields = attribute(found.Fields, r.Parts, check)
	}
	return found.Err()
}

func faultsIn(err error) []*FieldError {
	var v *ValidationError
	if !errors.As(err, &v) {
		return nil
	}
	return v.Fields
}

// refusal is a fault, with the clouds that refuse the value.
type refusal struct {
	*FieldError
	clouds []string
}

// attribute replaces the faults that the combined rules found by those that the parts find in the
// same fields. A fault that no part finds stays as it is: the combined rules were changed after
// Portable.
func attribute(found []*FieldError, parts []Rules, check func(Rules) error) []*FieldError {
	byField := map[string][]refusal{}
	for _, p := range parts {
		cloud := string(p.Provider)
		p.Provider = "" // so that clouds with the same rule give the same reason
		for _, f := range faultsIn(check(p)) {
			all := byField[f.Field]
			i := slices.IndexFunc(all, func(o refusal) bool { return o.Value == f.Value && o.Reason == f.Reason })
			if i < 0 {
				i, all = len(all), append(all, refusal{FieldError: f})
			}
			all[i].Source = both(all[i].Source, f.Source)
			if cloud != "" && !slices.Contains(all[i].clouds, cloud) {
				all[i].clouds = append(all[i].clouds, cloud)
			}
			byField[f.Field] = all
		}
	}
	var told []*FieldError
	for i, f := range found {
		switch all := byField[f.Field]; {
		case len(all) == 0:
			told = append(told, f)
		case i == 0 || found[i-1].Field != f.Field:
			for _, o := range all {
				if len(o.clouds) > 0 {
					o.Reason = "refused by " + strings.Join(o.clouds, " and ") + ": " + o.Reason
				}
				told = append(told, o.FieldError)
			}
		}
	}
	return told
}
