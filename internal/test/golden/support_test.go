package golden

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
)

// unlimited is a limiter that never waits.
type unlimited struct{}

func (unlimited) Wait(context.Context) error { return nil }

// wired is a transport without a network: every request is written in HTTP and read again as a
// server would, so that what is recorded is what would be on the wire.
type wired struct {
	handler http.Handler
	calls   []call
}

// call is one request and its reply.
type call struct {
	scheme   string
	request  *http.Request
	body     string
	response *http.Response
	reply    string
}

func (w *wired) RoundTrip(r *http.Request) (*http.Response, error) {
	var text bytes.Buffer
	if err := r.Write(&text); err != nil {
		return nil, err
	}
	request, err := http.ReadRequest(bufio.NewReader(&text))
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	request.Body = io.NopCloser(bytes.NewReader(body))
	recorder := httptest.NewRecorder()
	w.handler.ServeHTTP(recorder, request)
	reply := recorder.Body.String()
	response := recorder.Result()
	response.Request = r
	w.calls = append(w.calls, call{r.URL.Scheme, request, string(body), response, reply})
	return response, nil
}

// client returns a client on the transport.
func (w *wired) client() *http.Client { return &http.Client{Transport: w} }

// only returns the one call that there was.
func (w *wired) only(t *testing.T) call {
	t.Helper()
	require.Len(t, w.calls, 1)
	return w.calls[0]
}

// stub answers every request with a status, a type and a body.
func stub(status int, contentType, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

// ask sends one request to a handler.
func ask(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, r)
	return recorder
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(name)))
	require.NoError(t, err)
	return string(text)
}

// readRequest returns a sample in HTTP text, and its body.
func readRequest(t *testing.T, name string) (*http.Request, string) {
	t.Helper()
	head, body, _ := strings.Cut(read(t, name), "\n\n")
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(head + "\n\n")))
	require.NoError(t, err)
	return r, body
}

// readURL returns a sample in the form of a URL that is broken into lines.
func readURL(t *testing.T, name string) *url.URL {
	t.Helper()
	u, err := url.Parse(strings.ReplaceAll(read(t, name), "\n", ""))
	require.NoError(t, err)
	return u
}

// readTable returns the lines of a table, in columns that are two spaces apart.
func readTable(t *testing.T, name string) [][]string {
	t.Helper()
	var rows [][]string
	for line := range strings.Lines(read(t, name)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		var row []string
		for column := range strings.SplitSeq(strings.TrimSpace(line), "  ") {
			if column != "" {
				row = append(row, strings.TrimSpace(column))
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// kinds are the sentinels by their text.
func kinds() map[string]error {
	byText := map[string]error{}
	for _, kind := range []error{
		cgw.ErrAlreadyExists, cgw.ErrInvalidTag, cgw.ErrInvalidName, cgw.ErrInvalidDescription, cgw.ErrInvalidIPAddress,
		cgw.ErrQuotaExceeded, cgw.ErrConflict, cgw.ErrPermissionDenied, cgw.ErrUnsupported,
	} {
		byText[kind.Error()] = kind
	}
	return byText
}

// parse returns a JSON text as values.
func parse(t *testing.T, text string) map[string]any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var v map[string]any
	require.NoError(t, decoder.Decode(&v), text)
	require.False(t, decoder.More(), text)
	return v
}

// shape returns a value with its texts and numbers replaced by the names of their types.
func shape(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m := map[string]any{}
		for k, e := range v {
			m[k] = shape(e)
		}
		return m
	case []any:
		l := make([]any, len(v))
		for i, e := range v {
			l[i] = shape(e)
		}
		return l
	case json.Number:
		if _, err := v.Int64(); err != nil {
			return "number"
		}
		return "integer"
	case string:
		return "text"
	default:
		return v
	}
}

// element is any element of XML.
type element struct {
	XMLName  xml.Name
	Text     string    `xml:",chardata"`
	Elements []element `xml:",any"`
}

// parseXML returns an XML text as values: each element is the map of its elements, or a text.
func parseXML(t *testing.T, text string) map[string]any {
	t.Helper()
	var root element
	require.NoError(t, xml.Unmarshal([]byte(text), &root), text)
	return map[string]any{root.XMLName.Local: root.value(t)}
}

func (e element) value(t *testing.T) any {
	if len(e.Elements) == 0 {
		return e.Text
	}
	m := map[string]any{}
	for _, c := range e.Elements {
		require.NotContains(t, m, c.XMLName.Local, "twice")
		m[c.XMLName.Local] = c.value(t)
	}
	return m
}
