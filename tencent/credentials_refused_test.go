package tencent_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/internal/providertest"
	"github.com/cgw-go/cgw/tencent"
)

func rotatingKeys() []providertest.Rotating {
	var p provider
	return []providertest.Rotating{
		{
			Name: "provider",
			Rotate: func(_ *testing.T, id string) {
				p.Keys = providertest.Keys{ID: id, Secret: providertest.Secret, Token: providertest.Token}
			},
			Open: func(context.Context) (any, error) { return tencent.ProviderCredentials(&p), nil },
		},
		{
			Name: "file",
			Rotate: func(t *testing.T, id string) {
				t.Helper()
				providertest.InHome(t, ".tencentcloud/credentials", strings.ReplaceAll(credentialsFile, providertest.ID, id))
			},
		},
	}
}

// TestProviderThatFails has no keys for other users of the SDK.
func TestProviderThatFails(t *testing.T) {
	require.Empty(t, tencent.ProviderCredentials(&provider{Err: errors.New("no")}).GetSecretId())
}
