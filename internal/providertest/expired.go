package providertest

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/cgw-go/cgw"
)

// refusing returns a service that answers Expired to the key ID old, after it has called then,
// and Denied to all others.
func (h Harness) refusing(old string, then func()) *Signers {
	s := h.Signers()
	s.answer = func(id string) string {
		if id != old {
			return h.Denied
		}
		if then != nil {
			then()
		}
		return h.Expired
	}
	return s
}

// expiredToken checks keys that the service refuses: cgw asks the source once more, and retries
// the request if the source has other keys.
func expiredToken(t *testing.T, h Harness) {
	own := &Source{Keys: Keys{Secret: "k"}}
	rotate := func(_ *testing.T, id string) { own.ID = id }
	for _, r := range append(h.Rotating,
		Rotating{Name: "own", Rotate: rotate, Open: func(context.Context) (any, error) { return own, nil }},
		Rotating{Name: "own, which may fail", Rotate: rotate, Open: func(context.Context) (any, error) { return h.Own(own), nil }},
	) {
		for _, op := range operations() {
			for _, others := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s, %s, others: %t", r.Name, op.name, others), func(t *testing.T) {
					h.CleanEnvironment(t)
					if r.Set != nil {
						r.Set(t)
					}
					r.Rotate(t, "old")
					own.Asked = 0
					find := r.Open
					if find == nil {
						find = h.DefaultCredentials
					}
					cred, err := find(t.Context())
					noError(t, err)
					s, want, kind := h.refusing("old", nil), []string{"old"}, cgw.ErrUnauthenticated
					if others {
						s, want, kind = h.refusing("old", func() { r.Rotate(t, "new") }), []string{"old", "new"}, cgw.ErrPermissionDenied
					}
					c := h.Config()
					c.Credentials, c.HTTPClient, c.Retry.MaxAttempts = cred, &http.Client{Transport: s}, 3
					_, err = op.do(t.Context(), h.Open(t, c))
					equal(t, want, s.IDs)
					isError(t, err, kind)
					equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
					if strings.HasPrefix(r.Name, "own") && !others {
						equal(t, 2, own.Asked, "questions: one to sign, and one more")
					}
				})
			}
		}
	}
	t.Run("static", func(t *testing.T) {
		s := h.refusing(ID, nil)
		isError(t, h.Ask(t, Keys{ID, Secret, Token}, s, 3), cgw.ErrUnauthenticated)
		equal(t, []string{ID}, s.IDs)
	})
	t.Run("no repeats", func(t *testing.T) {
		own.ID = "old"
		s := h.refusing("old", func() { own.ID = "new" })
		isError(t, h.Ask(t, own, s, 1), cgw.ErrUnauthenticated)
		equal(t, []string{"old"}, s.IDs)
	})
}
