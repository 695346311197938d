package cgw_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
)

func TestRetryPolicyWithDefaults(t *testing.T) {
	for name, tt := range map[string]struct{ in, want cgw.RetryPolicy }{
		"zero": {cgw.RetryPolicy{}, cgw.RetryPolicy{MaxAttempts: 5, MaxElapsed: 60 * time.Second, MinBackoff: 200 * ms, MaxBackoff: 10 * time.Second}},
		"off":  {cgw.RetryPolicy{MaxAttempts: 1}, cgw.RetryPolicy{MaxAttempts: 1, MaxElapsed: 60 * time.Second, MinBackoff: 200 * ms, MaxBackoff: 10 * time.Second}},
		"all given": {
			cgw.RetryPolicy{MaxAttempts: 2, MaxElapsed: 3, MinBackoff: 4, MaxBackoff: 5},
			cgw.RetryPolicy{MaxAttempts: 2, MaxElapsed: 3, MinBackoff: 4, MaxBackoff: 5},
		},
		"only a long least": {
			cgw.RetryPolicy{MinBackoff: time.Minute},
			cgw.RetryPolicy{MaxAttempts: 5, MaxElapsed: 60 * time.Second, MinBackoff: time.Minute, MaxBackoff: time.Minute},
		},
		"only a short most": {
			cgw.RetryPolicy{MaxBackoff: 10 * ms},
			cgw.RetryPolicy{MaxAttempts: 5, MaxElapsed: 60 * time.Second, MinBackoff: 10 * ms, MaxBackoff: 10 * ms},
		},
	} {
		got := tt.in.WithDefaults()
		require.Equal(t, tt.want, got, name)
		require.NoError(t, tt.in.Validate(), name)
		require.NoError(t, got.Validate(), name)
		require.Equal(t, got, got.WithDefaults(), name)
	}
}

func TestRetryPolicyValidate(t *testing.T) {
	negative := func(field, value string) fault {
		return fault{"Retry." + field, value, "must not be negative", "", cgw.ErrInvalidArgument}
	}
	for name, tt := range map[string]struct {
		policy cgw.RetryPolicy
		want   []fault
	}{
		"least over most": {
			cgw.RetryPolicy{MinBackoff: 2 * time.Second, MaxBackoff: time.Second},
			[]fault{{"Retry.MinBackoff", "2s", "must not exceed Retry.MaxBackoff", "", cgw.ErrInvalidArgument}},
		},
		"all negative": {
			cgw.RetryPolicy{MaxAttempts: -1, MaxElapsed: -2, MinBackoff: -3, MaxBackoff: -4},
			[]fault{negative("MaxAttempts", "-1"), negative("MaxElapsed", "-2ns"), negative("MinBackoff", "-3ns"), negative("MaxBackoff", "-4ns")},
		},
	} {
		require.Equal(t, tt.want, faultsOf(t, tt.policy.Validate()), name)
	}
	require.Equal(t, cgw.Documented, *new(cgw.ValidationMode), "the zero mode is the strict one")
}
