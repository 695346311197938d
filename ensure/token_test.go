package ensure_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/middleware"
)

// A process that lost the reply and a new one send the same token.
func TestEnsureTokenIsDerived(t *testing.T) {
	tokens := func(owner string, spec cgw.CreateRequest) string {
		f := withTokens()
		_, err := ensure.Gateway(t.Context(), f, spec, ensure.Options{Owner: owner})
		require.NoError(t, err)
		return f.Calls()[1].Create.ClientToken
	}
	token := tokens(owner, siteSpec())
	require.Regexp(t, `^cgw-[0-9a-f]{60}$`, token)
	require.Equal(t, token, tokens(owner, siteSpec()))
	require.NotEqual(t, token, tokens("other", siteSpec()))
	renamed := siteSpec()
	renamed.Name = "paris-2"
	require.NotEqual(t, token, tokens(owner, renamed))

	one, two := siteSpec(), siteSpec()
	one.AuthKey, two.AuthKey = "one", "two"
	require.Equal(t, tokens(owner, one), tokens(owner, two), "a token tells nothing about the key")

	given := siteSpec()
	given.ClientToken = "mine"
	require.Equal(t, "mine", tokens(owner, given))
}

// One specification in several regions and clouds has a token in each: where tokens are an
// account's, one for all of them would be a mismatch.
func TestEnsureTokenIsOfAPlace(t *testing.T) {
	token := func(provider cgw.Provider, region string, wrap func(cgw.Provisioner) cgw.Provisioner) string {
		f := withTokens()
		f.Provider, f.Region = provider, region
		_, err := ensure.Gateway(t.Context(), wrap(f), siteSpec(), ensuring)
		require.NoError(t, err)
		return f.Calls()[1].Create.ClientToken
	}
	bare := func(p cgw.Provisioner) cgw.Provisioner { return p }
	one := token("", "one", bare)
	require.Equal(t, one, token("", "one", bare))
	require.Equal(t, one, token("", "one", func(p cgw.Provisioner) cgw.Provisioner { return middleware.WithLogging(p, nil) }))
	require.NotEqual(t, one, token("", "two", bare))
	require.NotEqual(t, one, token("third", "one", bare))
	require.NotEmpty(t, token("", "one", func(p cgw.Provisioner) cgw.Provisioner { return rolesOnly{p} }))
}

func TestEnsureTokenReplays(t *testing.T) {
	opts := ensure.Options{Owner: owner}
	creates := func(f *cgwtest.Fake) (tokens []string) {
		for _, c := range f.Calls() {
			if c.Op == cgw.OpCreate {
				tokens = append(tokens, c.Create.ClientToken)
			}
		}
		return tokens
	}
	t.Run("gateways deleted since", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := withTokens()
			seen := map[string]bool{}
			for n := range 9 { // more often than there are derived tokens
				before := time.Now()
				res, err := ensure.Gateway(t.Context(), f, siteSpec(), opts)
				require.NoError(t, err, n)
				require.Equal(t, ensure.Created, res.Action)
				require.False(t, seen[res.Gateway.ID])
				seen[res.Gateway.ID] = true
				require.Len(t, gateways(t, f), 1)
				require.Equal(t, min(n, 5)*5, int(time.Since(before).Seconds()), "a replay is waited for with patience")
				require.NoError(t, f.Delete(t.Context(), res.Gateway.ID))
			}
			require.Empty(t, gateways(t, f))
		})
	})
	t.Run("the caller's own token", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f, spec := withTokens(), siteSpec()
			spec.ClientToken = "mine"
			first, err := ensure.Gateway(t.Context(), f, spec, opts)
			require.NoError(t, err)
			require.NoError(t, f.Delete(t.Context(), first.Gateway.ID))
			second, err := ensure.Gateway(t.Context(), f, spec, opts)
			require.NoError(t, err)
			require.NotEqual(t, first.Gateway.ID, second.Gateway.ID)
			require.Equal(t, []cgw.Gateway{second.Gateway}, withoutRequest(gateways(t, f), second.Gateway.RequestID))
		})
	})
	t.Run("with another AuthKey", func(t *testing.T) {
		f, spec := withTokens(), siteSpec()
		spec.AuthKey = "one"
		first, err := ensure.Gateway(t.Context(), f, spec, opts)
		require.NoError(t, err)
		require.NoError(t, f.Delete(t.Context(), first.Gateway.ID))
		spec.AuthKey = "two"
		second, err := ensure.Gateway(t.Context(), f, spec, opts)
		require.NoError(t, err)
		require.Equal(t, ensure.Created, second.Action)
		require.Len(t, creates(f), 3)
	})
	t.Run("reads that lag longer than patience", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := withTokens()
			f.ReadLag = 50
			res, err := ensure.Gateway(t.Context(), f, siteSpec(), opts)
			require.NoError(t, err)
			require.Equal(t, ensure.Created, res.Action)
			require.Len(t, creates(f), 2, "the second finds the address held by what the first made")
		})
	})
	t.Run("reads that lag longer than patience, and a refusal that names nobody", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := withTokens()
			f.ReadLag = 1000
			_, err := ensure.Gateway(t.Context(), nameless{f}, siteSpec(), opts)
			require.ErrorIs(t, err, cgw.ErrOutcomeUnknown)
			require.NotErrorIs(t, err, cgw.ErrAlreadyExists, "it is Ensure's own")
			require.Equal(t, cgw.OutcomeUnknown, cgw.OutcomeOf(err))
			var e *cgw.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, "cgw-fake0001", e.ID)
			require.Equal(t, creates(f)[0], e.ClientToken, "the one that it was created with")
			require.Contains(t, err.Error(), "already exists")
			require.Len(t, creates(f), 2)

			f.ReadLag = 0
			for range 1000 { // until the reads have caught up
				_, _ = f.Get(t.Context(), e.ID)
			}
			res, err := ensure.Gateway(t.Context(), nameless{f}, siteSpec(), opts)
			require.NoError(t, err)
			require.Equal(t, ensure.Unchanged, res.Action)
			require.Equal(t, e.ID, res.Gateway.ID)
		})
	})
	t.Run("a refusal that names nobody, of what Ensure did not make", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := withTokens()
			f.Seed(seeded("other"))
			_, err := ensure.Gateway(t.Context(), nameless{blind{f}}, siteSpec(), opts)
			require.ErrorIs(t, err, cgw.ErrAlreadyExists)
			require.Equal(t, cgw.OutcomeNotApplied, cgw.OutcomeOf(err))
		})
	})
	t.Run("a mismatch", func(t *testing.T) {
		f := withTokens()
		f.Faults = []cgwtest.Fault{{Op: cgw.OpCreate, Call: 1, Err: &cgw.Error{
			Op: cgw.OpCreate, Kind: cgw.ErrTokenMismatch, Outcome: cgw.OutcomeNotApplied,
		}}}
		_, err := ensure.Gateway(t.Context(), f, siteSpec(), opts)
		require.NoError(t, err)
		require.Len(t, creates(f), 2)
	})
	t.Run("another refusal, or one that may have taken effect, is not sent again", func(t *testing.T) {
		for kind, outcome := range map[error]cgw.Outcome{
			cgw.ErrInvalidName: cgw.OutcomeNotApplied, cgw.ErrInvalidArgument: cgw.OutcomeNotApplied, cgw.ErrTokenMismatch: cgw.OutcomeUnknown,
		} {
			f := withTokens()
			f.Faults = []cgwtest.Fault{{Op: cgw.OpCreate, Call: 1, Err: &cgw.Error{
				Op: cgw.OpCreate, Kind: kind, Outcome: outcome,
			}}}
			_, err := ensure.Gateway(t.Context(), f, siteSpec(), opts)
			require.ErrorIs(t, err, cgw.ErrInvalidArgument)
			require.Len(t, creates(f), 1, kind)
		}
	})
	t.Run("a Provisioner that does not tell its rules", func(t *testing.T) {
		f := withoutTokens()
		res, err := ensure.Gateway(t.Context(), rolesOnly{f}, siteSpec(), opts)
		require.NoError(t, err)
		require.Equal(t, ensure.Created, res.Action)
		require.Empty(t, creates(f)[1])
	})
}

func withoutRequest(all []cgw.Gateway, as string) []cgw.Gateway {
	for i := range all {
		all[i].RequestID = as
	}
	return all
}

// nameless does not tell who holds an address.
type nameless struct{ cgw.Provisioner }

func (n nameless) Unwrap() cgw.Provisioner { return n.Provisioner }

func (n nameless) Create(ctx context.Context, req cgw.CreateRequest) (cgw.Gateway, error) {
	g, err := n.Provisioner.Create(ctx, req)
	var e *cgw.Error
	if errors.As(err, &e) {
		e.ConflictingIDs = nil
	}
	return g, err
}
