package ensure

import (
	"encoding/json"
	"net/netip"

	"github.com/cgw-go/cgw"
)

// StepKind is what is to be done about a gateway.
type StepKind string

// The kinds of steps.
const (
	StepUnchanged StepKind = "unchanged" // the gateway is as specified
	StepCreate    StepKind = "create"    // there is none at the address
	StepUpdate    StepKind = "update"    // fields differ that the cloud can change
	StepAdopt     StepKind = "adopt"     // give it the owner tag, and change what differs
	StepReplace   StepKind = "replace"   // delete it and create it again: a Change is Fixed
	StepDelete    StepKind = "delete"    // it is not specified, and the target is pruned
	// StepUnsupported cannot be carried out: a Change is Fixed and Options.Replace is not set, or a
	// limit of the cloud or a policy refuses what would have to be written.
	StepUnsupported StepKind = "unsupported"
	// StepForeign cannot be carried out: the gateway has no owner or another one, and Options do not
	// allow to adopt it.
	StepForeign StepKind = "foreign"
)

// Step is what is to be done about one gateway.
type Step struct {
	// Kind says what is to be done.
	Kind StepKind `json:"kind"`
	// Spec is what is wanted, without the owner tag; zero for a StepDelete. In JSON its AuthKey is
	// redacted, so a step that was read back has lost it: set it again before the plan is applied.
	Spec cgw.CreateRequest `json:"spec,omitzero"`
	// Gateway is what was found; zero if there was none.
	Gateway cgw.Gateway `json:"gateway,omitzero"`
	// Changes are the fields that differ; of a StepCreate, the fields of the new gateway.
	Changes []Change `json:"changes,omitempty"`
	// Reason says why a StepUnsupported or a StepForeign cannot be carried out.
	Reason string `json:"reason,omitempty"`
	// Others are the IDs of further gateways at the address. They are left alone.
	Others []string `json:"others,omitempty"`
}

// isRedacted reports whether an AuthKey is the text that a Secret is written as: its value is lost.
func isRedacted(key cgw.Secret) bool { return key.Reveal() == cgw.Secret("any").String() }

// UnmarshalJSON implements json.Unmarshaler. It accepts a redacted AuthKey, as Spec says.
func (s *Step) UnmarshalJSON(data []byte) error {
	type plain Step
	read := struct {
		*plain
		Spec struct {
			cgw.CreateRequest
			AuthKey string `json:"authKey"` // takes the place of that of CreateRequest, which refuses a redacted one
		} `json:"spec"`
	}{plain: (*plain)(s)}
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	s.Spec = read.Spec.CreateRequest
	s.Spec.AuthKey = cgw.Secret(read.Spec.AuthKey)
	return nil
}

// site returns the address and the name that a step is about.
func (s Step) site() (ip netip.Addr, name string) {
	if s.Spec.IPAddress.IsValid() {
		return s.Spec.IPAddress, s.Spec.Name
	}
	return s.Gateway.IPAddress, s.Gateway.Name
}

// deletes reports whether the step deletes a gateway.
func (s Step) deletes() bool { return s.Kind == StepDelete || s.Kind == StepReplace }

// checkDeletes returns a *DeletesError if the steps delete more gateways than maxDeletes allows.
func checkDeletes(steps []Step, maxDeletes int) error {
	if maxDeletes == 0 {
		return nil
	}
	var gateways []cgw.Gateway
	for _, s := range steps {
		if s.deletes() {
			gateways = append(gateways, s.Gateway)
		}
	}
	if len(gateways) <= maxDeletes {
		return nil
	}
	return &DeletesError{Max: maxDeletes, Gateways: gateways}
}
