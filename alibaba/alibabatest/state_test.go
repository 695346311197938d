package alibabatest_test

import (
	"encoding/json"
	"fmt"
	"go/parser"
	"go/token"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/alibaba/alibabatest"
)

func TestZeroState(t *testing.T) {
	var s alibabatest.State
	require.Empty(t, s.Gateways())
	require.Empty(t, s.Requests())
	require.Empty(t, s.Connections())
	s.Seed(alibabatest.Gateway{IPAddress: "203.0.113.1"}, alibabatest.Gateway{ID: "cgw-2", Tags: map[string]string{}})
	got := s.Gateways()
	require.Regexp(t, `^cgw-bp1[a-z0-9]{18}$`, got[0].ID)
	require.WithinDuration(t, time.Now(), got[0].CreatedAt, time.Minute)
	require.NotEmpty(t, got[0].ResourceGroupID)
	require.Equal(t, "cgw-2", got[1].ID)
	require.Nil(t, got[1].Tags)
}

func TestSeedReplaces(t *testing.T) {
	h, s := handler(alibabatest.Options{Quota: 2})
	s.Seed(alibabatest.Gateway{ID: "cgw-1", IPAddress: "203.0.113.1"}, alibabatest.Gateway{ID: "cgw-1", IPAddress: "203.0.113.2"})
	require.Len(t, s.Gateways(), 1)
	require.Equal(t, "InvalidIpAddress.AlreadyExist", call(t, h, createAction, "IpAddress", "203.0.113.2").code())
	require.Empty(t, call(t, h, createAction, "IpAddress", "203.0.113.1").code())
}

func TestStateSharesNoMemory(t *testing.T) {
	h, s := handler(alibabatest.Options{})
	tags := map[string]string{"k": "v"}
	s.Seed(alibabatest.Gateway{ID: "cgw-1", Tags: tags})
	tags["k"] = "changed"
	s.Gateways()[0].Tags["k"] = "changed"
	require.Contains(t, call(t, h, getAction, "CustomerGatewayId", "cgw-1").text, `{"Key":"k","Value":"v"}`)
}

func TestSaveAndLoad(t *testing.T) {
	h, s := handler(alibabatest.Options{Now: clock})
	try := func(h http.Handler, action string, params ...string) reply {
		c := newRaw(action, params...)
		c.now = clock
		return send(t, h, c.rpc())
	}
	params := []string{"IpAddress", "203.0.113.1", "AuthKey", "hush", "Tags.1.Key", "k", "Asn", "65530", "ClientToken", "t"}
	created := try(h, createAction, params...)
	require.Empty(t, created.code())
	id := created.json["CustomerGatewayId"].(string)
	s.AddConnection(id)
	data, err := json.Marshal(s)
	require.NoError(t, err)

	loaded := &alibabatest.State{}
	loaded.Seed(alibabatest.Gateway{ID: "cgw-gone"})
	require.NoError(t, json.Unmarshal(data, loaded))
	require.Equal(t, s.Gateways(), loaded.Gateways())
	require.Equal(t, s.Connections(), loaded.Connections())
	require.Equal(t, "hush", loaded.Gateways()[0].AuthKey.Reveal())
	again, err := json.Marshal(loaded)
	require.NoError(t, err)
	require.JSONEq(t, string(data), string(again))

	after := alibabatest.NewHandler(alibabatest.Options{State: loaded, Now: clock, ReadLag: time.Hour})
	same(t, created, try(after, createAction, params...))
	require.Contains(t, try(after, getAction, "CustomerGatewayId", id).text, `"AuthKey":"hush"`)
	require.Equal(t, "DependencyViolation.VpnConnection", try(after, deleteAction, "CustomerGatewayId", id).code())
	require.Equal(t, "InvalidIpAddress.AlreadyExist", try(after, createAction, "IpAddress", "203.0.113.1").code())
	require.Empty(t, try(after, createAction, "IpAddress", "203.0.113.2").code(), "IDs go on where they ended")

	for _, wrong := range []string{`[]`, `{"gateways":[{"id":""}]}`, `{"gateways":[{"id":"a"},{"id":"a"}]}`} {
		require.Error(t, json.Unmarshal([]byte(wrong), loaded))
	}
	require.Len(t, loaded.Gateways(), 2)
}

// What cannot be loaded names the field, and leaves the state as it was.
func TestLoadRefused(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"another version", `{"version":2,"gateways":[]}`, `version: is 2, not 1`},
		{"one without a number", `{"version":"1"}`, `version: must be a whole number`},
		{"one address twice", `{"gateways":[{"id":"a","ipAddress":"192.0.2.1"},{"id":"b","ipAddress":"192.0.2.1"}]}`,
			`gateways[1].ipAddress: "192.0.2.1" is also gateways[0].ipAddress`},
		{"one ID twice", `{"gateways":[{"id":"a"},{"id":"a"}]}`, `gateways[1].id: "a" is also gateways[0].id`},
		{"no ID", `{"gateways":[{"name":"n"}]}`, `gateways[0].id: is missing`},
		{"one connection twice", `{"connections":[{"id":"c"},{"id":"c"}]}`, `connections[1].id: "c" is also connections[0].id`},
		{"a connection without ID", `{"connections":[{}]}`, `connections[0].id: is missing`},
		{"a field of another program", `{"vpnConnections":[]}`, `vpnConnections: there is no such field`},
		{"a field of another kind", `{"gateways":[{"id":"a","asn":"x"}]}`, `gateways[0].asn: must be a whole number`},
		{"not an object", `[]`, `must be an object`},
		{"nothing", ``, `state: the JSON breaks off`},
		{"cut at a name", `{"version":1,"gateways":[{"id":"a","asn":1,"tags":{"k":"v"}},{"id":"b","name":"of`, `gateways[1].name: the JSON breaks off`},
		{"cut between gateways", `{"version":1,"gateways":[{"id":"a"},{"id":"b"},`, `gateways[2]: the JSON breaks off`},
		{"cut in a tag", `{"gateways":[{"id":"a","tags":{"k":`, `gateways[0].tags.k: the JSON breaks off`},
		{"cut after the gateways", `{"gateways":[[1],[]],"sequence":7`, `sequence: the JSON breaks off`},
		{"more behind it", `{"gateways":[]}}`, `state: the JSON breaks off or is malformed`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := &alibabatest.State{}
			s.Seed(alibabatest.Gateway{ID: "cgw-1", IPAddress: "203.0.113.1"})
			s.AddConnection("cgw-1")
			before, err := json.Marshal(s)
			require.NoError(t, err)
			require.ErrorContains(t, s.UnmarshalJSON([]byte(test.text)), test.want)
			after, err := json.Marshal(s)
			require.NoError(t, err)
			require.Equal(t, string(before), string(after))
		})
	}
}

// A State that is cut anywhere is refused.
func TestLoadCutAnywhere(t *testing.T) {
	s := &alibabatest.State{}
	s.Seed(many(3)...)
	s.SeedConnections(alibabatest.Connection{Tunnels: []alibabatest.Tunnel{{CustomerGatewayID: "cgw-1"}, {}}, Tags: map[string]string{"k": "v"}})
	data, err := json.Marshal(s)
	require.NoError(t, err)
	for n := range data {
		loaded := &alibabatest.State{}
		require.ErrorContains(t, loaded.UnmarshalJSON(data[:n]), "alibabatest: state: ", "%s", data[:n])
		require.Empty(t, loaded.Gateways())
	}
	loaded := &alibabatest.State{}
	require.NoError(t, loaded.UnmarshalJSON(data))
	require.Equal(t, s.Connections(), loaded.Connections())
	require.Equal(t, s.Gateways(), loaded.Gateways())
}

// A zero Options has a clock: that of the machine.
func TestDefaultClock(t *testing.T) {
	h := alibabatest.NewHandler(alibabatest.Options{})
	got := call(t, h, createAction, "IpAddress", "203.0.113.1")
	at, err := http.ParseTime(got.header.Get("Date"))
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), at, time.Minute)
	created, _ := got.json["CreateTime"].(float64)
	require.WithinDuration(t, time.Now(), time.UnixMilli(int64(created)), time.Minute)
}

// A key is written by State alone.
func TestKeysAreRedacted(t *testing.T) {
	g := alibabatest.Gateway{ID: "cgw-1", AuthKey: "hush"}
	data, err := json.Marshal(g)
	require.NoError(t, err)
	require.NotContains(t, string(data)+fmt.Sprintf("%v %+v %#v", g, g, g), "hush")
}

func TestConcurrentUse(t *testing.T) {
	h, s := handler(alibabatest.Options{ReadLag: time.Microsecond})
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			created := call(t, h, createAction, "IpAddress", "203.0.113."+strconv.Itoa(i))
			id, _ := created.json["CustomerGatewayId"].(string)
			call(t, h, modifyAction, "CustomerGatewayId", id, "Name", "name")
			call(t, h, "TagResources", "ResourceType", "CUSTOMERGATEWAY", "ResourceId.1", id, "Tag.1.Key", "k")
			call(t, h, listAction)
			call(t, h, getAction, "CustomerGatewayId", id)
			_ = s.Gateways()
			_ = s.Requests()
			_, _ = json.Marshal(s)
			s.Seed(alibabatest.Gateway{})
			s.AddConnection("cgw-none")
			call(t, h, deleteAction, "CustomerGatewayId", id)
		})
	}
	wg.Wait()
	require.Len(t, s.Gateways(), 16)
	require.Equal(t, 16, s.Count(createAction))
}

// The emulator is built on the standard library and on this module. The vendor's SDK is linked
// for the sake of Server.Config only, by package alibaba.
func TestImports(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	checked := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		require.NoError(t, err)
		checked++
		for _, spec := range f.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			domain, _, _ := strings.Cut(path, "/")
			if strings.Contains(domain, ".") {
				require.Regexp(t, `^github\.com/cgw-go/cgw(/|$)`, path, file)
			}
		}
	}
	require.Greater(t, checked, 10)
}
