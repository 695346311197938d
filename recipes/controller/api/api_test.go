package api

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"sigs.k8s.io/randfill"
	"sigs.k8s.io/yaml"
)

func TestDeepCopy(t *testing.T) {
	for _, object := range []runtime.Object{&CustomerGateway{}, &CustomerGatewayList{}} {
		t.Run(reflect.TypeOf(object).Elem().Name(), func(t *testing.T) {
			require.Equal(t, object, object.DeepCopyObject(), "when zero")
			randfill.NewWithSeed(1).NilChance(0).NumElements(1, 3).Fill(object)
			c := object.DeepCopyObject()
			require.Equal(t, object, c)
			requireDistinct(t, reflect.TypeOf(object).Elem().Name(), reflect.ValueOf(object), reflect.ValueOf(c))
		})
	}
	require.Nil(t, (*CustomerGateway)(nil).DeepCopy())
	require.Nil(t, (*CustomerGatewayList)(nil).DeepCopyObject())
}

// requireDistinct fails where a and b share memory that can be written to.
func requireDistinct(t *testing.T, path string, a, b reflect.Value) {
	switch a.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice:
		if a.IsNil() || a.Type().String() == "*time.Location" {
			return
		}
		require.NotEqual(t, a.Pointer(), b.Pointer(), "%s is shared", path)
	}
	switch a.Kind() {
	case reflect.Pointer:
		requireDistinct(t, path, a.Elem(), b.Elem())
	case reflect.Slice:
		for i := range a.Len() {
			requireDistinct(t, path+"[]", a.Index(i), b.Index(i))
		}
	case reflect.Struct:
		for i := range a.NumField() {
			requireDistinct(t, path+"."+a.Type().Field(i).Name, a.Field(i), b.Field(i))
		}
	}
}

// TestDefinition: crd.yaml is a definition by the cluster's types, and has the fields of the Go
// types, no more and no fewer.
func TestDefinition(t *testing.T) {
	data, err := os.ReadFile("../crd.yaml")
	require.NoError(t, err)
	var crd apiextensions.CustomResourceDefinition
	require.NoError(t, yaml.UnmarshalStrict(data, &crd))
	require.Equal(t, Group, crd.Spec.Group)
	require.Equal(t, Kind, crd.Spec.Names.Kind)
	require.Equal(t, crd.Spec.Names.Plural+"."+Group, crd.Name)
	require.Len(t, crd.Spec.Versions, 1)
	version := crd.Spec.Versions[0]
	require.Equal(t, Version, version.Name)
	require.NotNil(t, version.Subresources.Status)

	for name, of := range map[string]any{"spec": CustomerGatewaySpec{}, "status": CustomerGatewayStatus{}} {
		schema := version.Schema.OpenAPIV3Schema.Properties[name]
		var defined, required []string
		for property := range schema.Properties {
			defined = append(defined, property)
		}
		var fields []string
		for i := range reflect.TypeOf(of).NumField() {
			field, options, _ := strings.Cut(reflect.TypeOf(of).Field(i).Tag.Get("json"), ",")
			fields = append(fields, field)
			if options == "" {
				required = append(required, field)
			}
		}
		require.ElementsMatch(t, fields, defined)
		require.ElementsMatch(t, required, schema.Required)
		for _, fixed := range required {
			rules := schema.Properties[fixed].XValidations
			require.True(t, slices.ContainsFunc(rules, func(r apiextensions.ValidationRule) bool { return r.Rule == "self == oldSelf" }), fixed)
		}
	}
}

func TestSample(t *testing.T) {
	data, err := os.ReadFile("../sample.yaml")
	require.NoError(t, err)
	data, err = yaml.YAMLToJSON(data)
	require.NoError(t, err)
	scheme := runtime.NewScheme()
	require.NoError(t, AddToScheme(scheme))
	object, err := runtime.Decode(serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer(), data)
	require.NoError(t, err)
	g := object.(*CustomerGateway)
	require.Equal(t, "berlin", g.Name)
	require.EqualValues(t, 65010, g.Spec.ASN)

	out, err := json.Marshal(g)
	require.NoError(t, err)
	require.NotContains(t, string(out), `"status"`)
}
