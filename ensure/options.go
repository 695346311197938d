package ensure

import (
	"time"

	"github.com/cgw-go/cgw"
)

// DefaultOwnerKey is the key of the owner tag, unless [Options] name another.
const DefaultOwnerKey = "cgw:owner"

// defaultPatience is the value of Options.Patience if it is 0.
const defaultPatience = 5 * time.Second

// Options say which gateways are managed, and what may be done to them.
type Options struct {
	// Owner is the value of the owner tag: the name of the program or team, the same on every run.
	// Required. Every gateway that is created gets the owner tag.
	Owner string `json:"owner"`
	// OwnerKey is the key of the owner tag. Empty: DefaultOwnerKey.
	OwnerKey string `json:"ownerKey,omitempty"`
	// AdoptUnowned allows to take over a gateway that has no owner tag, or one with an empty value.
	// It gets the owner tag and, if the specification has one, the AuthKey.
	AdoptUnowned bool `json:"adoptUnowned,omitempty"`
	// AdoptFrom allows to take over gateways of these owners.
	AdoptFrom []string `json:"adoptFrom,omitempty"`
	// ExactTags removes the tags that the specification does not name. False: they are kept. Tags
	// that the cloud reserves for itself are always kept.
	ExactTags bool `json:"exactTags,omitempty"`
	// Replace allows to delete a gateway and create it again, if a field cannot be changed in
	// another way. The new gateway has a new ID, and only the fields and tags of the specification. VPN
	// connections must be removed first (cgw.ErrInUse). A gateway of another owner is never replaced.
	//
	// If the cloud has idempotency tokens, cgw sends a create before the delete, as a test. The
	// cloud should refuse it because the address is taken. If it refuses the create for another
	// reason, such as a missing permission, cgw deletes nothing. If the create after the delete fails,
	// the error says so, with the ID of the deleted gateway and OutcomeUnknown. The next run creates the
	// gateway, if nothing stands in the way any more.
	//
	// If the test shows that this specification already created the gateway, the cloud dropped or
	// changed the field, and would do so again. Then cgw does not replace the gateway. The error
	// satisfies cgw.ErrUnsupported and names the field. Without tokens cgw cannot know this before:
	// every run replaces the gateway, and then returns the error.
	Replace bool `json:"replace,omitempty"`
	// Patience is how long to read again if a new gateway, its owner tag, or a field that was
	// written is not visible yet. All gateways of a target wait for their owner tags together: the
	// target waits once. 0: 5 s.
	Patience time.Duration `json:"patience,omitempty"`
}

func (o Options) withDefaults() Options {
	if o.OwnerKey == "" {
		o.OwnerKey = DefaultOwnerKey
	}
	if o.Patience == 0 {
		o.Patience = defaultPatience
	}
	return o
}

func (o Options) check(f *cgw.ValidationError) {
	if o.Owner == "" {
		f.Add("Owner", "", "is required", "", cgw.ErrInvalidArgument)
	}
	for _, from := range o.AdoptFrom {
		if from == "" {
			f.Add("AdoptFrom", "", "must not name an empty owner: AdoptUnowned allows that", "", cgw.ErrInvalidArgument)
			break
		}
	}
	if o.Patience < 0 {
		f.Add("Patience", o.Patience.String(), "must not be negative", "", cgw.ErrInvalidArgument)
	}
}
