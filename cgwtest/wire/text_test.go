package wire_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/cgwtest/wire"
)

func TestTexts(t *testing.T) {
	type both struct {
		When   wire.When
		Effect wire.Effect
	}
	for text, want := range map[string]both{
		`{"When":"beforeCommit","Effect":"proceed"}`: {wire.BeforeCommit, wire.Proceed},
		`{"When":"afterCommit","Effect":"abort"}`:    {wire.AfterCommit, wire.Abort},
		`{"When":"onConnect","Effect":"garbage"}`:    {wire.OnConnect, wire.Garbage},
		`{"When":"beforeCommit","Effect":"cut"}`:     {wire.BeforeCommit, wire.Cut},
		`{"When":"beforeCommit","Effect":"replace"}`: {wire.BeforeCommit, wire.Replace},
		`{"When":"beforeCommit","Effect":"refuse"}`:  {wire.BeforeCommit, wire.Refuse},
	} {
		var got both
		require.NoError(t, json.Unmarshal([]byte(text), &got))
		require.Equal(t, want, got)
		written, err := json.Marshal(want)
		require.NoError(t, err)
		require.Equal(t, text, string(written))
	}
	require.ErrorContains(t, new(wire.When).UnmarshalText([]byte("never")), `"never" is none of beforeCommit, afterCommit, onConnect`)
	require.ErrorContains(t, new(wire.Effect).UnmarshalText(nil), `"" is none of proceed, abort`)
	require.Equal(t, "When(9)", wire.When(9).String())
	require.Equal(t, "Effect(9)", wire.Effect(9).String())
}
