package tencenttest_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/tencent/tencenttest"
)

func TestStateAsJSON(t *testing.T) {
	h, s := seeded(tencenttest.Options{})
	require.Empty(t, wireCall{action: create, params: `{"CustomerGatewayName":"名","IpAddress":"58.211.1.12"}`}.do(t, h).code)
	s.SeedConnections(tencenttest.Connection{Name: "c", CustomerGatewayID: knownID, VPCID: "vpc-1"})
	text, err := json.Marshal(s)
	require.NoError(t, err)

	loaded := new(tencenttest.State)
	loaded.Seed(tencenttest.Gateway{IPAddress: "9.9.9.9"})
	require.NoError(t, json.Unmarshal(text, loaded))
	require.Equal(t, s.Gateways(), loaded.Gateways())
	require.Equal(t, s.Connections(), loaded.Connections())
	again, err := json.Marshal(loaded)
	require.NoError(t, err)
	require.JSONEq(t, string(text), string(again))

	h = tencenttest.NewHandler(tencenttest.Options{State: loaded})
	require.Equal(t, []string{"known", "名"}, names(wireCall{action: describe, params: `{}`}.do(t, h).list(t, "CustomerGatewaySet")))
	require.Equal(t, "ResourceInUse", wireCall{action: remove, params: `{"CustomerGatewayId":"` + knownID + `"}`}.do(t, h).code)
	require.Equal(t, "InvalidParameterValue.Duplicate", wireCall{action: create, params: `{"CustomerGatewayName":"a","IpAddress":"58.211.1.12"}`}.do(t, h).code)

	made := map[string]bool{}
	for range 3 {
		require.Empty(t, wireCall{action: create, params: `{"CustomerGatewayName":"a","IpAddress":"58.211.1.13"}`}.do(t, h).code)
		id := loaded.Gateways()[2].ID
		require.False(t, made[id], "an ID is not made again")
		made[id] = true
		require.Empty(t, wireCall{action: remove, params: `{"CustomerGatewayId":"` + id + `"}`}.do(t, h).code)
		text, err := json.Marshal(loaded)
		require.NoError(t, err)
		loaded = new(tencenttest.State)
		require.NoError(t, json.Unmarshal(text, loaded))
		h = tencenttest.NewHandler(tencenttest.Options{State: loaded})
	}
	for _, bad := range []string{`{"gateways":[{"id":""}]}`, `{"gateways":[{"id":"a"},{"id":"a"}]}`, `{"gateways":1}`} {
		require.Error(t, json.Unmarshal([]byte(bad), loaded))
		require.Len(t, loaded.Gateways(), 2, "an error changes nothing")
	}
}

// TestBadStateIsRefused has what each bad state is refused with.
func TestBadStateIsRefused(t *testing.T) {
	const gateway = `{'id':'a','name':'n','ipAddress':'8.8.8.8','createdAt':'2026-01-02T03:04:05Z'}`
	for text, reason := range map[string]string{
		`{'gateways':[` + gateway + `,{'id':'b','ipAddress':'8.8.8.8'}]}`: `gateways[1].ipAddress: "8.8.8.8" is also gateways[0].ipAddress`,
		`{'gateways':[` + gateway + `,{'id':'a','ipAddress':'8.8.4.4'}]}`: `gateways[1].id: "a" is also gateways[0].id`,
		`{'gateways':[{'ipAddress':'8.8.4.4'}]}`:                          `gateways[0].id: is missing`,
		`{'gateways':[],'connections':[{'id':'c'},{'id':'c'}]}`:           `connections[1].id: "c" is also connections[0].id`,
		`{'gateways':[],'connections':[{'customerGatewayId':'a'}]}`:       `connections[0].id: is missing`,
		`{'version':2,'gateways':[]}`:                                     `version: is 2, not 1`,
		`{'version':2,'gateways':{},'sites':[]}`:                          `version: is 2, not 1`,
		`{'version':0,'gateways':[]}`:                                     `version: is 0, not 1`,
		`{'version':'1','gateways':[]}`:                                   `version: must be a whole number`,
		`{'gateways':1}`:                                                  `gateways: must be a list`,
		`{'gateways':[{'id':'a','asn':-1}]}`:                              `gateways[0].asn: must be a whole number that is not negative`,
		`{'gateways':[],'sites':[]}`:                                      `sites: there is no such field`,
		`[]`:                                                              `state: must be an object`,
		`{'gateways':[{'id':'a','createdAt':'today'}]}`:                   `gateways[0].createdAt: parsing time "today"`,
		``:                          `state: the JSON breaks off`,
		`{`:                         `state: the JSON breaks off`,
		`{'version'`:                `version: the JSON breaks off`,
		`{'version':1,'gatew`:       `version: the JSON breaks off`,
		`{'version':1,'gateways':[`: `gateways[0]: the JSON breaks off`,
		`{'version':1,'gateways':[` + gateway + `,{'id':'b','name':'na`:                      `gateways[1].name: the JSON breaks off`,
		`{'version':1,'gateways':[` + gateway + `,{'id':'b','tags':{'k':'v'},'name'`:         `gateways[1].name: the JSON breaks off`,
		`{'version':1,'gateways':[` + gateway + `],'connections':[{'id':'c'},{'id':nonsense`: `connections[1].id: the JSON breaks off or is malformed`,
	} {
		var s tencenttest.State
		s.Seed(tencenttest.Gateway{ID: knownID, Name: "kept", IPAddress: "9.9.9.9"})
		s.SeedConnections(tencenttest.Connection{ID: knownConnection, CustomerGatewayID: knownID})
		before, err := json.Marshal(&s)
		require.NoError(t, err)
		err = s.UnmarshalJSON([]byte(jsonText(text)))
		require.ErrorContains(t, err, reason, text)
		require.True(t, strings.HasPrefix(err.Error(), "tencenttest: state: "), err)
		after, err := json.Marshal(&s)
		require.NoError(t, err)
		require.JSONEq(t, string(before), string(after), text)
	}
}

// A state cut at any byte is refused, through json.Unmarshal too.
func TestCutStateIsRefused(t *testing.T) {
	_, s := seeded(tencenttest.Options{})
	s.SeedConnections(tencenttest.Connection{Name: "c", CustomerGatewayID: knownID})
	whole, err := json.Marshal(s)
	require.NoError(t, err)
	require.Contains(t, string(whole), `{"version":1,`)
	for n := range whole {
		var loaded tencenttest.State
		loaded.Seed(tencenttest.Gateway{ID: "kept", IPAddress: "9.9.9.9"})
		require.Error(t, json.Unmarshal(whole[:n], &loaded), "%s", whole[:n])
		require.ErrorContains(t, loaded.UnmarshalJSON(whole[:n]), "the JSON breaks off", "%s", whole[:n])
		require.Equal(t, "kept", loaded.Gateways()[0].ID)
	}
}

// States that were written before there was a version, and before connections had a time.
func TestOlderStateIsRead(t *testing.T) {
	var s tencenttest.State
	require.NoError(t, json.Unmarshal([]byte(jsonText(
		`{'gateways':[{'id':'a','name':'n','ipAddress':'8.8.8.8','createdAt':'2026-01-02T03:04:05Z'}],'connections':[{'id':'c','customerGatewayId':'a'}],'made':2}`)), &s))
	require.Equal(t, "n", s.Gateways()[0].Name)
	require.Equal(t, "a", s.Connections()[0].CustomerGatewayID)
	require.False(t, s.Connections()[0].CreatedAt.IsZero())
}
