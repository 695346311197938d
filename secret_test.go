package cgw_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
)

const (
	plain = "hunter2\"<&\x00"
	mark  = "[redacted]"
)

func requireHidden(t *testing.T, text string) {
	t.Helper()
	for _, leak := range []string{
		"hunter2",
		fmt.Sprintf("%x", "hunter2"), fmt.Sprintf("%X", "hunter2"), fmt.Sprintf("% x", "hunter2"),
		"104 117 110", // the bytes in decimal
	} {
		require.NotContains(t, text, leak)
	}
}

func TestSecretReveal(t *testing.T) {
	require.Equal(t, plain, cgw.Secret(plain).Reveal())
	require.Empty(t, cgw.Secret("").Reveal())
}

func TestSecretFormat(t *testing.T) {
	s := cgw.Secret(plain)
	type nested struct {
		S cgw.Secret
		P *cgw.Secret
		L []cgw.Secret
		A [1]cgw.Secret
		M map[string]cgw.Secret
		K map[cgw.Secret]int
		I any
	}
	values := map[string]any{
		"value":         s,
		"pointer":       &s,
		"any":           any(s),
		"slice":         []cgw.Secret{s},
		"map":           map[cgw.Secret]cgw.Secret{s: s},
		"struct":        nested{s, &s, []cgw.Secret{s}, [1]cgw.Secret{s}, map[string]cgw.Secret{"k": s}, map[cgw.Secret]int{s: 1}, s},
		"struct's ptr":  &nested{S: s, I: &s},
		"CreateRequest": cgw.CreateRequest{IPAddress: netip.MustParseAddr("8.8.4.4"), AuthKey: s},
		"request's ptr": &cgw.CreateRequest{AuthKey: s},
		"UpdateRequest": cgw.UpdateRequest{AuthKey: &s},
	}
	// Wrong verbs are the point; %p and %w alone are not here: fmt asks no method for them, and
	// go vet refuses them.
	verbs := []string{
		"%v", "%+v", "%#v", "% v", "%s", "%q", "%+q", "%#q", "%x", "%X", "% x", "%#x", "%d", "%T", "%t", "%c", "%U",
		"%b", "%o", "%e", "%z", "%!", "%10s", "%-10s", "%.3s", "%*d", "%[2]d", "%[1]v %[1]v", "no verb",
	}
	for name, v := range values {
		t.Run(name, func(t *testing.T) {
			for _, verb := range verbs {
				requireHidden(t, fmt.Sprintf(verb, v))
			}
			requireHidden(t, fmt.Sprint(v)+fmt.Sprintln(v)+fmt.Errorf("it: %v", v).Error())
		})
	}

	for verb, want := range map[string]string{
		"%v": mark, "%+v": mark, "%s": mark, "%d": mark, "%x": mark, "%q": `"` + mark + `"`, "%#v": `"` + mark + `"`, "%T": "cgw.Secret",
	} {
		require.Equal(t, want, fmt.Sprintf(verb, s), verb)
	}
	for verb, want := range map[string]string{"%v": "", "%s": "", "%x": "", "%q": `""`, "%#v": `""`} {
		require.Equal(t, want, fmt.Sprintf(verb, cgw.Secret("")), verb)
	}
	require.Equal(t, mark, s.String())
	require.Empty(t, cgw.Secret("").String())
	require.Equal(t, "<nil>", fmt.Sprint((*cgw.Secret)(nil)))
}

func TestSecretTemplates(t *testing.T) {
	tpl := template.Must(template.New("").Parse(`{{.}} {{printf "%q" .}} <a title="{{.}}"></a><script>x = {{.}}</script>`))
	var b strings.Builder
	require.NoError(t, tpl.Execute(&b, cgw.Secret(plain)))
	requireHidden(t, b.String())
	require.Contains(t, b.String(), mark)
}

func TestSecretJSON(t *testing.T) {
	s := cgw.Secret(plain)
	for name, v := range map[string]any{
		"value": s, "pointer": &s, "slice": []cgw.Secret{s}, "map": map[string]*cgw.Secret{"k": &s},
		"CreateRequest": cgw.CreateRequest{AuthKey: s},
		"UpdateRequest": &cgw.UpdateRequest{AuthKey: &s},
		"string option": struct {
			S cgw.Secret `json:",string"`
		}{s},
	} {
		data, err := json.Marshal(v)
		require.NoError(t, err, name)
		requireHidden(t, string(data))
		require.Contains(t, string(data), mark, name)
	}

	data, err := json.Marshal(cgw.CreateRequest{})
	require.NoError(t, err)
	require.Equal(t, `{}`, string(data))
	data, err = json.Marshal(cgw.Secret(""))
	require.NoError(t, err)
	require.Equal(t, `""`, string(data))

	var req cgw.CreateRequest
	require.NoError(t, json.Unmarshal([]byte(`{"authKey":"hunter2"}`), &req))
	require.Equal(t, "hunter2", req.AuthKey.Reveal())
	require.NoError(t, json.Unmarshal([]byte(`{"authKey":""}`), &req))
	require.Empty(t, req.AuthKey.Reveal())
}

func TestSecretXML(t *testing.T) {
	type doc struct {
		Attr    cgw.Secret `xml:"attr,attr"`
		Element cgw.Secret
		Text    cgw.Secret `xml:",chardata"`
	}
	data, err := xml.Marshal(doc{"hunter2", "hunter2", "hunter2"})
	require.NoError(t, err)
	requireHidden(t, string(data))
	require.Equal(t, 3, strings.Count(string(data), mark))
	require.Error(t, xml.Unmarshal(data, new(doc)))
}

func TestSecretGob(t *testing.T) {
	type doc struct {
		S cgw.Secret
		L []cgw.Secret
		P *cgw.Secret
	}
	s := cgw.Secret(plain)
	var b bytes.Buffer
	require.NoError(t, gob.NewEncoder(&b).Encode(doc{s, []cgw.Secret{s}, &s}))
	requireHidden(t, b.String())
	require.Contains(t, b.String(), mark)
	require.Error(t, gob.NewDecoder(&b).Decode(new(doc)))

	b.Reset()
	require.NoError(t, gob.NewEncoder(&b).Encode(doc{L: []cgw.Secret{""}}))
	var back doc
	require.NoError(t, gob.NewDecoder(&b).Decode(&back))
	require.Equal(t, doc{L: []cgw.Secret{""}}, back)
}

// A value that went through a redacting writer must not come back as the key.
func TestSecretMarkIsRefused(t *testing.T) {
	for name, read := range map[string]func(*cgw.Secret) error{
		"text":   func(s *cgw.Secret) error { return s.UnmarshalText([]byte(mark)) },
		"binary": func(s *cgw.Secret) error { return s.UnmarshalBinary([]byte(mark)) },
		"JSON":   func(s *cgw.Secret) error { return json.Unmarshal([]byte(`"`+mark+`"`), s) },
		"request": func(s *cgw.Secret) error {
			req := cgw.CreateRequest{AuthKey: *s}
			data, err := json.Marshal(req)
			return errors.Join(err, json.Unmarshal(data, &req))
		},
		"update": func(s *cgw.Secret) error {
			data, err := json.Marshal(cgw.UpdateRequest{AuthKey: s})
			return errors.Join(err, json.Unmarshal(data, new(cgw.UpdateRequest)))
		},
	} {
		s := cgw.Secret("before")
		require.ErrorContains(t, read(&s), "redacted", name)
		require.Equal(t, "before", s.Reveal(), name)
	}
	var s cgw.Secret
	require.NoError(t, s.UnmarshalText([]byte("hunter2")))
	require.Equal(t, "hunter2", s.Reveal())
	require.NoError(t, s.UnmarshalBinary([]byte("")))
	require.Empty(t, s.Reveal())
}

func TestSecretSlog(t *testing.T) {
	s := cgw.Secret(plain)
	var none *cgw.Secret
	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"JSON": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			log := slog.New(handler(&b)).With("with", s)
			log.Info("m", "value", s, "pointer", &s, "slice", []cgw.Secret{s}, "none", none,
				slog.Group("g", "s", s), "create", cgw.CreateRequest{AuthKey: s}, "update", &cgw.UpdateRequest{AuthKey: &s})
			requireHidden(t, b.String())
			require.GreaterOrEqual(t, strings.Count(b.String(), mark), 6)
		})
	}
	require.Equal(t, mark, s.LogValue().String())
	require.Empty(t, cgw.Secret("").LogValue().String())
}
