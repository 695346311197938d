package main

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// shared lists the fields of the Options that have one flag for both clouds, or no flag.
var shared = map[string]string{
	"Latency": "latency", "ReadLag": "read-lag", "PlainHTTP": "tls", "HTTP1": "http1", "Control": "control",
	"Now": "clock-offset", "State": "state",
	"Faults":   "", // by the control interface
	"ErrorLog": "", // standard error
}

// TestEveryOptionHasAFlag fails if an emulator has an option without a flag: programs in other
// languages could not use it.
func TestEveryOptionHasAFlag(t *testing.T) {
	for cloud, of := range map[string]func(*options) any{
		"tencent": func(o *options) any { return &o.tencent },
		"alibaba": func(o *options) any { return &o.alibaba },
	} {
		for _, field := range reflect.VisibleFields(reflect.TypeOf(of(new(options))).Elem()) {
			name, isShared := shared[field.Name]
			if name == "" && isShared {
				continue
			}
			if field.Name == "Addr" {
				name = cloud
			} else if !isShared {
				name = cloud + "-" + kebab(field.Name)
			}
			var o options
			f := newFlags(&o)
			require.NotNil(t, f.Lookup(name), "%s has no flag %s", field.Name, name)
			if isShared {
				continue
			}
			value := map[reflect.Kind]string{reflect.String: "x", reflect.Bool: "true", reflect.Int: "7", reflect.Int64: "7s"}[field.Type.Kind()]
			require.NoError(t, f.Parse([]string{"-" + name + "=" + value}))
			set := reflect.ValueOf(of(&o)).Elem().FieldByIndex(field.Index)
			want := map[reflect.Kind]any{reflect.String: "x", reflect.Bool: true, reflect.Int: 7, reflect.Int64: 7 * time.Second}[field.Type.Kind()]
			require.Equal(t, want, set.Interface(), name)
		}
	}
}

// kebab returns the name of a field in the form of a flag: EmptyOnUnknownIDs is
// empty-on-unknown-ids.
func kebab(name string) string {
	name = strings.ReplaceAll(name, "BGP", "Bgp")
	name = strings.ReplaceAll(name, "IDs", "Ids")
	return strings.ToLower(strings.Join(regexp.MustCompile("[A-Z][a-z]+|[A-Z]+").FindAllString(name, -1), "-"))
}

func TestSharedFlags(t *testing.T) {
	o, err := parse([]string{"-tls", "-http1", "-control", "-latency", "1ms", "-read-lag", "2ms", "-clock-offset", "-1h"}, nil)
	require.NoError(t, err)
	for _, got := range []struct {
		plain, http1, control bool
		latency, lag          time.Duration
		now                   func() time.Time
	}{
		{o.tencent.PlainHTTP, o.tencent.HTTP1, o.tencent.Control, o.tencent.Latency, o.tencent.ReadLag, o.tencent.Now},
		{o.alibaba.PlainHTTP, o.alibaba.HTTP1, o.alibaba.Control, o.alibaba.Latency, o.alibaba.ReadLag, o.alibaba.Now},
	} {
		require.False(t, got.plain)
		require.True(t, got.http1)
		require.True(t, got.control)
		require.Equal(t, time.Millisecond, got.latency)
		require.Equal(t, 2*time.Millisecond, got.lag)
		require.WithinDuration(t, time.Now().Add(-time.Hour), got.now(), time.Minute)
	}
}
