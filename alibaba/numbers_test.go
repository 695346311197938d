package alibaba_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestTimes has a time in every form in which the service may send it.
func TestTimes(t *testing.T) {
	for form, want := range map[string]int64{
		`1493363486001`: 1493363486001, `"1493363486001"`: 1493363486001, `1493363486001.0`: 1493363486001, `1.493363486e12`: 1493363486000,
		`null`: 0, `0`: 0, `-1`: 0, `""`: 0, `"soon"`: 0, `1700000000000000`: 0, `9223372036854775807`: 0,
	} {
		t.Run(form, func(t *testing.T) {
			g, err := harness().Read(t, `"CreateTime":`+form+`,`)
			require.NoError(t, err)
			if want == 0 {
				require.Zero(t, g.CreatedAt)
				return
			}
			require.Equal(t, time.UnixMilli(want).UTC(), g.CreatedAt)
		})
	}
}
