package alibabatest_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/alibaba/alibabatest"
)

// definitions is the vendor's machine-readable definition of the operations (aliyun/
// aliyun-openapi-meta, 2026-04), without their replies: it has none.
type definitions struct {
	Actions map[string]struct {
		In     map[string]definition
		Method string
	}
}

type definition struct {
	Type     string
	Required bool
	Members  map[string]definition
}

func readDefinitions(t *testing.T) definitions {
	t.Helper()
	b, err := os.ReadFile("testdata/alibaba-vpc.json")
	require.NoError(t, err)
	var d definitions
	require.NoError(t, json.Unmarshal(b, &d))
	require.NotEmpty(t, d.Actions)
	return d
}

// parameter is one that a request can carry: a list is written as its first element.
type parameter struct {
	list     string // the parameter of the definition
	name     string // such as Tags.1.Key
	kind     string
	required bool // the list, or the parameter itself
}

// pattern is the name as operations list it.
func (p parameter) pattern() string { return strings.Replace(p.name, ".1", ".N", 1) }

func flatten(in map[string]definition) (all []parameter) {
	for _, name := range slices.Sorted(maps.Keys(in)) {
		d := in[name]
		if d.Type != "RepeatList" {
			all = append(all, parameter{name, name, d.Type, d.Required})
			continue
		}
		if len(d.Members) == 0 {
			all = append(all, parameter{name, name + ".1", "String", d.Required})
		}
		for _, member := range slices.Sorted(maps.Keys(d.Members)) {
			all = append(all, parameter{name, name + ".1." + member, d.Members[member].Type, d.Required || d.Members[member].Required})
		}
	}
	return all
}

// valid has a valid value for every parameter.
var valid = map[string]string{
	"RegionId": region, "IpAddress": "203.0.113.77", "Name": "name", "Description": "text", "Asn": "65010", "AuthKey": "key",
	"ClientToken": "token", "ResourceGroupId": "rg-acfmdefault", "CustomerGatewayId": "cgw-1", "VpnConnectionId": "vco-1",
	"VpnGatewayId": "vpn-1", "PageNumber": "1", "PageSize": "10", "Tags.1.Key": "k", "Tags.1.Value": "v", "Tag.1.Key": "k", "Tag.1.Value": "v",
	"ResourceType": "CUSTOMERGATEWAY", "ResourceId.1": "cgw-1", "TagKey.1": "k", "All": "true", "MaxResults": "10", "NextToken": "0",
}

// differences are where the emulator means to demand more than the definitions do.
var differences = []struct {
	action string
	sent   []string // besides the required parameters
	needs  []string // what makes it valid
	code   string
	source string
}{
	{createAction, []string{"Tags.1.Value"}, []string{"Tags.1.Key"}, "InvalidTagKey.Malformed", keyNeeded},
	{listAction, []string{"Tag.1.Value"}, []string{"Tag.1.Key"}, "InvalidTagKey.Malformed", keyNeeded},
	{"DescribeVpnConnections", []string{"Tag.1.Value"}, []string{"Tag.1.Key"}, "InvalidTagKey.Malformed", keyNeeded},
	{"TagResources", []string{"Tag.1.Value"}, []string{"Tag.1.Key"}, "InvalidTagKey.Malformed", keyNeeded},
	{"ListTagResources", []string{"Tag.1.Value"}, []string{"Tag.1.Key"}, "InvalidTagKey.Malformed", keyNeeded},
	{"ListTagResources", nil, []string{"ResourceId.1"}, "MissingParameter", "SDK v7.0.0, ListTagResources: at least one of ResourceId.N and Tag.N"},
	{"UnTagResources", nil, []string{"TagKey.1"}, "MissingParameter", "supposed: All is false by default (SDK v7.0.0), so that nothing is asked for"},
}

const keyNeeded = "SDK v7.0.0: the tag key cannot be an empty string"

// asked is a request of an action with the values of valid.
func asked(action string, names ...string) raw {
	c := newRaw(action)
	delete(c.params, "RegionId")
	for _, name := range names {
		c.params[name] = valid[name]
	}
	return c
}

func definitionHandler() http.Handler {
	h, s := handler(alibabatest.Options{})
	s.Seed(alibabatest.Gateway{ID: "cgw-1", IPAddress: "203.0.113.1", Tags: map[string]string{"k": "v"}})
	s.SeedConnections(alibabatest.Connection{ID: "vco-1", CustomerGatewayID: "cgw-2", VPNGatewayID: "vpn-1"})
	return h
}

// companions are the parameters that one needs besides the required ones, by the differences.
func companions(action, name string) (names []string) {
	for _, d := range differences {
		if d.action == action && (len(d.sent) == 0 || slices.Contains(d.sent, name)) {
			names = append(names, d.needs...)
		}
	}
	return names
}

// operationTest tries one operation against its definition.
type operationTest struct {
	action string
	method string // such as "GET|POST"
	all    []parameter
}

func (o operationTest) required() (names []string) {
	for _, p := range o.all {
		if p.required {
			names = append(names, p.name)
		}
	}
	return names
}

// with is a valid request that has the parameter.
func (o operationTest) with(name string) raw {
	return asked(o.action, slices.Concat(o.required(), companions(o.action, name), []string{name})...)
}

func (o operationTest) taken(t *testing.T, p parameter) {
	for method := range strings.SplitSeq(o.method, "|") {
		for scheme, request := range schemes {
			c := o.with(p.name)
			c.method = method
			got := send(t, definitionHandler(), request(c))
			require.Equal(t, http.StatusOK, got.status, "%s %s %s: %s", scheme, method, p.name, got.text)
		}
	}
}

func (o operationTest) demanded(t *testing.T, p parameter) {
	for _, value := range []*string{nil, new(string)} {
		c := o.with(p.name)
		for _, q := range o.all {
			if q.list == p.list {
				delete(c.params, q.name)
			}
		}
		if value != nil && p.list == p.name { // there, but empty
			c.params[p.name] = *value
		}
		got := send(t, definitionHandler(), c.rpc())
		require.Equal(t, "MissingParameter", got.code(), "%s: %s", p.name, got.text)
		require.Contains(t, got.json["Message"], `"`+p.list, "the message names it")
	}
}

func TestDefinedParameters(t *testing.T) {
	d := readDefinitions(t)
	has := alibabatest.Parameters()
	require.Equal(t, slices.Sorted(maps.Keys(d.Actions)), slices.Sorted(maps.Keys(has)), "the operations")
	taken, demanded, typed, refused := 0, 0, 0, 0
	for action, op := range d.Actions {
		t.Run(action, func(t *testing.T) {
			o := operationTest{action, op.Method, flatten(op.In)}
			var patterns []string
			for _, p := range o.all {
				if !slices.Contains(alibabatest.CommonParameters(), p.name) {
					patterns = append(patterns, p.pattern())
				}
				o.taken(t, p)
				taken++
				if op.In[p.list].Required {
					o.demanded(t, p)
					demanded++
				}
				if wrong := map[string]string{"Integer": "x", "Boolean": "maybe"}[p.kind]; wrong != "" {
					c := o.with(p.name)
					c.params[p.name] = wrong
					require.Equal(t, "InvalidParameter", send(t, definitionHandler(), c.rpc()).code(), p.name)
					typed++
				}
			}
			require.ElementsMatch(t, patterns, has[action], "it takes no others")
			for _, name := range []string{"Unknown", "regionId", "Tags.1.Unknown", "Tag.1.Unknown", "ResourceId.1.Key", "Tag.Key", "IpAddress.1"} {
				c := o.with("RegionId")
				c.params[name] = "1"
				got := send(t, definitionHandler(), c.rpc())
				require.Equal(t, "UnsupportedParameter", got.code(), "%s: %s", name, got.text)
				require.Contains(t, got.json["Message"], name)
				refused++
			}
		})
	}
	for _, diff := range differences {
		o := operationTest{action: diff.action, all: flatten(d.Actions[diff.action].In)}
		c := asked(diff.action, append(o.required(), diff.sent...)...)
		for _, name := range diff.needs {
			delete(c.params, name)
		}
		got := send(t, definitionHandler(), c.rpc())
		require.Equal(t, diff.code, got.code(), "%s %v: %s", diff.action, diff.sent, got.text)
		t.Logf("meant: %s %v without %v is %s (%s)", diff.action, diff.sent, diff.needs, diff.code, diff.source)
	}
	t.Logf("%d operations: %d parameters taken, %d demanded, %d of a type, %d unknown ones refused; %d differences, all meant",
		len(d.Actions), taken, demanded, typed, refused, len(differences))
}
