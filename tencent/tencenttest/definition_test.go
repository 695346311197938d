package tencenttest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// definition is what the vendor says of a service in testdata: its actions with their parameters
// and the fields of their replies.
type definition struct {
	Service, Version string
	Actions          map[string]struct{ In, Out map[string]element }
	Objects          map[string]map[string]element // "Name (in)" and "Name (out)"
}

// element is a parameter or a field of a reply.
type element struct {
	Type             string // string, int, bool, the name of an object, or "list of" one of those
	Required, Always bool
}

func definitions(t *testing.T) []definition {
	t.Helper()
	var all []definition
	for _, file := range []string{"testdata/tencent-vpc.json", "testdata/tencent-tag.json"} {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var d definition
		require.NoError(t, json.Unmarshal(text, &d))
		all = append(all, d)
	}
	return all
}

// object returns the elements of an object, or of the items of a list of objects.
func (d definition) object(typ, direction string) (map[string]element, bool) {
	o, ok := d.Objects[strings.TrimPrefix(typ, "list of ")+" ("+direction+")"]
	return o, ok
}

func sorted(m map[string]element) []string { return slices.Sorted(maps.Keys(m)) }

// samples are values that the parameters take, by their names, or by action or object and name.
var samples = map[string]any{
	"CustomerGatewayName": "a", "IpAddress": "58.211.1.12", "BgpAsn": 65001, "CustomerGatewayId": knownID,
	"CustomerGatewayIds": []any{knownID}, "VpnConnectionIds": []any{knownConnection},
	"Key": "city", "Value": "x", "Name": "customer-gateway-id", "Values": []any{knownID},
	"Limit": 10, "Offset": 0, "LimitTypes": []any{"appid-max-custom-gateways"},

	"ServiceType": "vpc", "ResourcePrefix": "cgw", "ResourceRegion": "ap-guangzhou", "ResourceId": knownID,
	"ResourceIds": []any{knownID}, "Resource": knownName, "ResourceList": []any{knownName},
	"TagKey": "new", "TagValue": "v", "Category": "Custom", "CreateUin": int64(100000000001), "CosResourceId": 0,
	"TagFilter.TagKey": "k", "TagFilter.TagValue": []any{"v"}, "TagKeyObject.TagKey": "k", "TagKeys": []any{"k"},
	"DetachResourcesTag.TagKey": "k", "MaxResults": 10, "PaginationToken": "",
}

// sample makes a value of a parameter of an action or an object. All fields of objects are set.
func (d definition) sample(t *testing.T, owner, name, typ string) any {
	t.Helper()
	if fields, ok := d.object(typ, "in"); ok {
		value := map[string]any{}
		for field, e := range fields {
			value[field] = d.sample(t, strings.TrimPrefix(typ, "list of "), field, e.Type)
		}
		if strings.HasPrefix(typ, "list of ") {
			return []any{value}
		}
		return value
	}
	value, ok := samples[owner+"."+name]
	if !ok {
		value, ok = samples[name]
	}
	require.True(t, ok, "there is no sample of %s.%s", owner, name)
	return value
}

// neededToo are parameters that the definition does not require and the emulator demands: the
// code, and the source.
var neededToo = map[string][2]string{
	"ModifyResourceTags.ReplaceTags":    {"InvalidParameter.Tag", "SDK, tag v1.1.0: one of ReplaceTags and DeleteTags must be there"},
	"AttachResourcesTag.ResourcePrefix": {"InvalidParameterValue.ResourcePrefixInvalid", "SDK, tag v1.1.0: required for all services but cos"},
	"AttachResourcesTag.ResourceRegion": {"InvalidParameterValue.RegionInvalid", "SDK, tag v1.1.0: required for resources with a region"},
	"DetachResourcesTag.ResourcePrefix": {"InvalidParameterValue.ResourcePrefixInvalid", "SDK, tag v1.1.0: required for all services but cos"},
	"DetachResourcesTag.ResourceRegion": {"InvalidParameterValue.RegionInvalid", "SDK, tag v1.1.0: required for resources with a region"},
}

const knownConnection = "vpnx-known001"

// defined is a service on which each action of the definitions can succeed.
func defined() http.Handler {
	h, s := seeded(tencenttest.Options{})
	s.SeedConnections(tencenttest.Connection{ID: knownConnection, CustomerGatewayID: unknownID})
	return h
}

func TestEveryActionIsDefined(t *testing.T) {
	vpc, tag := tencenttest.ActionNames()
	for i, d := range definitions(t) {
		require.Equal(t, [][]string{vpc, tag}[i], slices.Sorted(maps.Keys(d.Actions)))
		require.Equal(t, [][2]string{{"vpc", vpcVersion}, {"tag", tagVersion}}[i], [2]string{d.Service, d.Version})
	}
}

// parameterForm is a form in which parameters can be sent.
type parameterForm struct {
	encode  func(t *testing.T, params map[string]any) wireCall
	types   bool // values have types
	objects bool // an object can be empty
}

var parameterForms = map[string]parameterForm{
	"JSON":      {encode: jsonCall, types: true, objects: true},
	"query":     {encode: queryCall},
	"multipart": {encode: multipartCall, objects: true},
}

func jsonCall(t *testing.T, params map[string]any) wireCall {
	t.Helper()
	text, err := json.Marshal(params)
	require.NoError(t, err)
	return wireCall{params: string(text)}
}

func queryCall(t *testing.T, params map[string]any) wireCall {
	t.Helper()
	query := url.Values{}
	flatten(query, "", params)
	return wireCall{method: http.MethodGet, params: query.Encode()}
}

// flatten makes names such as Tags.0.Key.
func flatten(query url.Values, name string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for field, item := range v {
			flatten(query, strings.TrimPrefix(name+"."+field, "."), item)
		}
	case []any:
		for i, item := range v {
			flatten(query, name+"."+strconv.Itoa(i), item)
		}
	default:
		query.Set(name, fmt.Sprint(v))
	}
}

// parameterCount counts what TestParametersOfTheDefinitions compared.
type parameterCount struct{ actions, parameters, nested, required, calls int }

func TestParametersOfTheDefinitions(t *testing.T) {
	for name, form := range parameterForms {
		t.Run(name, func(t *testing.T) {
			var n parameterCount
			differences := maps.Clone(neededToo)
			for _, d := range definitions(t) {
				for _, action := range slices.Sorted(maps.Keys(d.Actions)) {
					n.actions++
					c := parameterCheck{t: t, d: d, action: action, form: form, n: &n}
					c.run(differences)
				}
			}
			require.Empty(t, differences, "differences that are none any more")
			t.Logf("%d actions: %d parameters and %d in objects taken, %d of them demanded; %d calls; %d differences",
				n.actions, n.parameters, n.nested, n.required, n.calls, len(neededToo))
		})
	}
}

// parameterCheck compares the parameters of one action in one form of requests.
type parameterCheck struct {
	t      *testing.T
	d      definition
	action string
	form   parameterForm
	n      *parameterCount
}

func (c parameterCheck) call(params map[string]any) answer {
	c.t.Helper()
	c.n.calls++
	call := c.form.encode(c.t, params)
	call.action, call.service, call.version = c.action, c.d.Service, c.d.Version
	return call.do(c.t, defined())
}

func (c parameterCheck) require(code, name string, params map[string]any) {
	c.t.Helper()
	got := c.call(params)
	require.Equal(c.t, code, got.code, "%s %v: %v", c.action, params, got.result)
	if code != "" {
		require.Contains(c.t, got.result["Error"].(map[string]any)["Message"], name)
	}
}

func (c parameterCheck) run(differences map[string][2]string) {
	c.t.Helper()
	in := c.d.Actions[c.action].In
	base := map[string]any{}
	for name, e := range in {
		if _, needed := neededToo[c.action+"."+name]; e.Required || needed {
			base[name] = c.d.sample(c.t, c.action, name, e.Type)
		}
	}
	c.require("", "", base)
	c.require("UnknownParameter", "Colour", with(base, "Colour", "red"))
	for _, name := range sorted(in) {
		e := in[name]
		c.n.parameters++
		full := with(base, name, c.d.sample(c.t, c.action, name, e.Type))
		c.require("", "", full)
		if e.Required {
			c.n.required++
			c.require("MissingParameter", name, without(base, name))
		}
		if needed, ok := differences[c.action+"."+name]; ok {
			delete(differences, c.action+"."+name)
			require.NotEmpty(c.t, needed[1])
			c.require(needed[0], "", without(base, name))
		}
		if c.form.types {
			c.require("InvalidParameter", name, with(full, name, true))
		}
		if fields, ok := c.d.object(e.Type, "in"); ok {
			c.nested(full, name, fields)
		}
	}
}

// nested compares the fields of the objects in a list.
func (c parameterCheck) nested(full map[string]any, name string, fields map[string]element) {
	c.t.Helper()
	item := full[name].([]any)[0].(map[string]any)
	change := func(item map[string]any) map[string]any { return with(full, name, []any{item}) }
	c.require("UnknownParameter", name+".0.Colour", change(with(item, "Colour", "red")))
	for _, field := range sorted(fields) {
		c.n.nested++
		path := name + ".0." + field
		if c.form.types {
			c.require("InvalidParameter", path, change(with(item, field, true)))
		}
		if fields[field].Required {
			if rest := without(item, field); len(rest) > 0 || c.form.objects {
				c.n.required++
				c.require("MissingParameter", path, change(rest))
			}
		} else {
			c.require("", "", change(without(item, field)))
		}
	}
}

func with(params map[string]any, name string, value any) map[string]any {
	changed := maps.Clone(params)
	changed[name] = value
	return changed
}

func without(params map[string]any, name string) map[string]any {
	changed := maps.Clone(params)
	delete(changed, name)
	return changed
}
