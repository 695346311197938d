package emulator_test

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw/internal/emulator"
)

type inner struct {
	Name string `json:"name"`
	Key  string `json:"key,omitempty"`
}

type shape struct {
	Text    string            `json:"text"`
	Count   int               `json:"count"`
	Size    uint8             `json:"size"`
	Yes     bool              `json:"yes"`
	Address netip.Addr        `json:"address"`
	At      *time.Time        `json:"at"`
	Map     map[string]string `json:"map"`
	List    []inner           `json:"list"`
	Raw     json.RawMessage   `json:"raw"`
	Hidden  string            `json:"-"`
	wide
}

// wide is embedded, and one of its fields hidden.
type wide struct {
	Wide  string `json:"wide"`
	Count string `json:"count"`
}

func TestDecode(t *testing.T) {
	const text = `{"text":"a","count":-1,"size":2,"yes":true,"address":"203.0.113.7","at":"2025-01-02T03:04:05Z",
		"map":{"k":"v"},"list":[{"name":"x"},{"key":"y"}],"raw":[1],"wide":"w"}`
	var got, want shape
	require.NoError(t, emulator.Decode([]byte(text), &got))
	require.NoError(t, json.Unmarshal([]byte(text), &want))
	require.Equal(t, want, got)
}

func TestDecodeErrors(t *testing.T) {
	for text, want := range map[string]string{
		``:                                   "the JSON breaks off or is malformed: unexpected end of JSON input",
		`{"list":[{"name":"x"},{"name":"y`:   "list[1].name: the JSON breaks off or is malformed: unexpected end of JSON input",
		`{"list":[{"name":"x"},`:             "list[1]: the JSON breaks off or is malformed: unexpected end of JSON input",
		`{"map":{"k":}}`:                     "map.k: the JSON breaks off or is malformed: invalid character '}' looking for beginning of value",
		`{"map":{"k" 1}}`:                    "map.k: the JSON breaks off or is malformed: invalid character '1' after object key",
		strings.Repeat(`[`, 1e6):             strings.Repeat("[0]", 21) + ": the JSON breaks off or is malformed: invalid character '[' exceeded max depth",
		`{"text":"a"`:                        "text: the JSON breaks off or is malformed: unexpected end of JSON input",
		`{"text":"a"} x`:                     "the JSON breaks off or is malformed: invalid character 'x' after top-level value",
		"{\"text\":\"\xff\"}":                "the JSON is not UTF-8",
		`null`:                               "must not be null",
		`[]`:                                 "must be an object",
		`{"Text":"a"}`:                       "Text: there is no such field; there are text, count, size, yes, address, at, map, list, raw, wide",
		`{"hidden":"a"}`:                     "hidden: there is no such field; there are text, count, size, yes, address, at, map, list, raw, wide",
		`{"text":"a","text":"b"}`:            "text: is there twice",
		`{"text":null}`:                      "text: must not be null",
		`{"text":1}`:                         "text: must be a text",
		`{"count":"1"}`:                      "count: must be a whole number",
		`{"count":1.5}`:                      "count: must be a whole number",
		`{"count":1e99}`:                     "count: must be a whole number",
		`{"size":-1}`:                        "size: must be a whole number that is not negative",
		`{"yes":"true"}`:                     "yes: must be true or false",
		`{"address":5}`:                      "address: must be a text",
		`{"address":"a"}`:                    `address: ParseAddr("a"): unable to parse IP`,
		`{"map":[]}`:                         "map: must be an object",
		`{"map":{"k":1}}`:                    "map.k: must be a text",
		`{"map":{"k":"1","k":"2"}}`:          "map.k: is there twice",
		`{"list":{}}`:                        "list: must be a list",
		`{"list":[{"name":"x"},{"name":1}]}`: "list[1].name: must be a text",
		`{"list":[{"name":"x","nome":""}]}`:  "list[0].nome: there is no such field; there are name, key",
		`{"list":["x"]}`:                     "list[0]: must be an object",
	} {
		var got shape
		err := emulator.Decode([]byte(text), &got)
		var field *emulator.FieldError
		require.ErrorAs(t, err, &field, text)
		require.Equal(t, want, err.Error(), text)
	}
}

// A value that is refused may be a secret.
func TestDecodeShowsNoValue(t *testing.T) {
	for _, text := range []string{`{"text":["s3cret"]}`, `{"list":[{"key":{"s3cret":1}}]}`, `{"count":"s3cret"}`} {
		err := emulator.Decode([]byte(text), new(shape))
		require.Error(t, err)
		require.NotContains(t, err.Error(), "s3cret")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"text":"a","list":[{"name":"x"}],"map":{"k":"v"}}`))
	f.Add([]byte(`{"text":"a","text":"b"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var got, want shape
		if emulator.Decode(data, &got) != nil {
			return
		}
		require.NoError(t, json.Unmarshal(data, &want), "it is stricter than encoding/json")
	})
}
