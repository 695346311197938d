package tencent_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/providertest"
	"github.com/cgw-go/cgw/tencent"
)

// rotating is a provider of keys that change when it is told.
type rotating struct {
	id    string
	err   error
	asked int
}

func (r *rotating) GetCredential() (common.CredentialIface, error) {
	r.asked++
	if r.err != nil {
		return nil, r.err
	}
	return common.NewTokenCredential(r.id, providertest.Secret, providertest.Token), nil
}

func rotatingKeys() []providertest.Rotating {
	p := new(rotating)
	return []providertest.Rotating{
		{
			Name:   "provider",
			Rotate: func(_ *testing.T, id string) { p.id = id },
			Open:   func(context.Context) (any, error) { return tencent.ProviderCredentials(p), nil },
		},
		{
			Name: "file",
			Rotate: func(t *testing.T, id string) {
				t.Helper()
				providertest.InHome(t, ".tencentcloud/credentials", strings.ReplaceAll(credentialsFile, providertest.ID, id))
			},
			Open: defaultCredentials,
		},
	}
}

// TestProviderCredentials has a provider fail, and come back.
func TestProviderCredentials(t *testing.T) {
	require.Equal(t, "", tencent.ProviderCredentials(&rotating{err: errors.New("no")}).GetSecretId())
	for name, tc := range map[string]struct {
		err      error
		kind     error
		attempts int
		says     string
	}{
		"outage":  {context.DeadlineExceeded, cgw.ErrUnavailable, 3, "credentials: context deadline exceeded"},
		"says so": {errors.Join(cgw.ErrUnavailable, os.ErrPermission), cgw.ErrUnavailable, 3, "credentials: service unavailable; permission denied"},
		"refusal": {errors.New("sealed: ask for " + providertest.Token), cgw.ErrUnauthenticated, 1, "credentials: sealed: ask for [withheld]"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &rotating{id: "first"}
				cred, s := tencent.ProviderCredentials(p), harness().Signers()
				_ = harness().Ask(t, cred, s, 1)
				p.err = tc.err
				_ = harness().Ask(t, cred, s, 1)
				require.Equal(t, []string{"first", "first"}, s.IDs, "they are kept for a minute")
				require.Equal(t, 1, p.asked)

				time.Sleep(time.Minute)
				err := harness().Ask(t, cred, s, 3)
				require.ErrorIs(t, err, tc.kind)
				require.ErrorContains(t, err, tc.says)
				require.NotErrorIs(t, err, context.DeadlineExceeded)
				require.NotContains(t, providertest.Everything(err), providertest.Token)
				require.Len(t, s.IDs, 2, "stale keys were used")
				require.Equal(t, 1+tc.attempts, p.asked)

				p.id, p.err = "second", nil
				_ = harness().Ask(t, cred, s, 1)
				require.Equal(t, "second", s.IDs[2])
			})
		})
	}
}
