package exchange

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// MaxReply is the size of the largest reply that is read, in bytes. It is enough for the largest page that
// the documents of the clouds allow: 50 gateways, each with a name of 128 characters, a description of
// 256, an AuthKey of 64, and 20 tags of 64 + 128. These are 214,400 characters. Each takes up to 12
// bytes if it is written as \uXXXX escapes.
const MaxReply = 3 << 20

// maxValues limits the number of values in the JSON of a reply, because a decoded {} takes a hundred times
// its size in memory. The page above has fewer than 4,000 values. maxText limits each text, in bytes:
// the longest text that the documents allow is a description of 3 KiB.
const (
	maxValues = 16_000
	maxText   = 8 << 10
)

// Reply is the reply of the service. Config.Inspect fills in RequestID and, for an error of the service,
// Code and Message. It may change the status and the body that the SDK gets.
type Reply struct {
	Request                  *http.Request // the request that it answers; only Inspect uses it
	Status                   int           // the HTTP status that the service sent; 0: there is no reply
	SDKStatus                int           // the status that the SDK gets; 0: Status
	Header                   http.Header
	Body                     []byte
	SDKBody                  []byte // the body that the SDK gets if there is a Record; nil: Body
	Code, Message, RequestID string
	RetryAfter               time.Duration // how long the service asks to wait; 0: it does not

	secretNames []string // Config.Secrets
}

var errTooLarge = errors.New("reply is larger than " + strconv.Itoa(MaxReply>>20) + " MiB")

// readBody reads the body and closes it. A body of more than MaxReply bytes is an error.
func readBody(resp *http.Response) ([]byte, error) {
	defer resp.Body.Close()
	var body bytes.Buffer // grows in fewer steps than io.ReadAll
	if n := resp.ContentLength; n > MaxReply {
		return nil, errTooLarge
	} else if n > 0 {
		whole := make([]byte, n+1)
		if _, err := io.ReadFull(resp.Body, whole[:n]); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		// One more read lets net/http see the end of the body, so it can use the connection again.
		if more, _ := resp.Body.Read(whole[n:]); more == 0 {
			return whole[:n], nil
		}
		body = *bytes.NewBuffer(whole) // a RoundTripper that unpacks a body may leave ContentLength as it was
	}
	_, err := body.ReadFrom(io.LimitReader(resp.Body, MaxReply+1-int64(body.Len())))
	if err == nil && body.Len() > MaxReply {
		err = errTooLarge
	}
	return body.Bytes(), err
}

// tooMuch says which of these two limits the JSON of a body exceeds, or returns "". It does not decode the
// body.
func tooMuch(body []byte) string {
	if len(body) <= maxValues {
		return "" // each value takes at least one byte
	}
	values, quoted, start := 0, false, 0
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case c == '"':
			if quoted && i-start > maxText {
				return "a text of more than " + strconv.Itoa(maxText>>10) + " KiB"
			}
			quoted, start = !quoted, i
		case quoted && c == '\\':
			i++
		case !quoted && (c == ',' || c == '{' || c == '['):
			values++
		}
	}
	if values > maxValues {
		return "more than " + strconv.Itoa(maxValues) + " values"
	}
	return ""
}

// retryAfter returns how long the service, or a proxy before it, asks to wait. It reads the header
// inMillis. If that is empty or was not sent, it reads Retry-After, in seconds or as a date. It compares a
// date with the service's clock, which may differ from ours.
func (r *Reply) retryAfter(inMillis string) time.Duration {
	const longest = time.Hour // more is probably a mistake
	if ms, err := strconv.ParseInt(r.Header.Get(inMillis), 10, 64); err == nil && ms > 0 {
		return time.Duration(min(ms, longest.Milliseconds())) * time.Millisecond
	}
	v := r.Header.Get("Retry-After")
	if v == "" {
		return 0
	}
	if s, err := strconv.ParseInt(v, 10, 64); err == nil {
		return time.Duration(max(0, min(s, int64(longest/time.Second)))) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil {
		now := r.ServerTime()
		if now.IsZero() {
			now = time.Now()
		}
		return max(0, min(t.Sub(now), longest))
	}
	return 0
}

// Clean returns a message of the service in a form that an error may show: see CleanMessage. It hides the
// secrets of the request: see Config.Secrets.
func (r *Reply) Clean(text string) string {
	return CleanMessage(text, appendSecrets(nil, r.Request, r.secretNames)...)
}

// Name returns a code or an ID of the service in a form that an error may show: see CleanName. It returns
// "" if the text repeats a secret of the request.
func (r *Reply) Name(text string) string {
	const least = 8 // a shorter secret may be a part of a text by chance
	text = CleanName(text)
	// _x0022_ is the only escape that CleanName allows.
	mayEscape := strings.Contains(text, "_x")
	var few [8]string // Name is called for every success: enough room for most requests, without an allocation
	for _, s := range appendSecrets(few[:0], r.Request, r.secretNames) {
		if s == text || len(s) >= least && (strings.Contains(text, s) || mayEscape && strings.Contains(unescape(text), unescape(s))) {
			return ""
		}
	}
	return text
}

// ServerTime returns the time in the header Date, in whole seconds. It is zero if there is none.
func (r *Reply) ServerTime() time.Time {
	t, err := http.ParseTime(r.Header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return t
}

// ClockOff says how far the clock of this machine is ahead of the service's, or behind it. It returns ""
// if that is less than a minute, or if the reply has no time.
func (rec *Record) ClockOff() string {
	at := rec.Reply.ServerTime()
	if at.IsZero() {
		return ""
	}
	way, off := "ahead of", rec.Ended.Sub(at).Round(time.Second)
	if off < 0 {
		way, off = "behind", rec.Began.Sub(at).Abs().Round(time.Second)
	}
	if off < time.Minute {
		return ""
	}
	return "the clock of this machine is " + off.String() + " " + way + " the service's"
}

// FindRequestID returns the request ID in the JSON of a success, or "". It does not decode the JSON.
func (r *Reply) FindRequestID() string {
	const key = `"RequestId":"`
	i := bytes.LastIndex(r.Body, []byte(key))
	if i < 0 {
		return ""
	}
	id, _, _ := bytes.Cut(r.Body[i+len(key):], []byte(`"`))
	return r.Name(string(id))
}

// MayHave reports whether the JSON of a body may have a key that begins with one of the names. It does
// not decode the JSON. The names must be in lower case. The case of a key does not matter, as in
// encoding/json. If the body has a backslash, a key may be escaped, and the result is true.
func MayHave(body []byte, names ...string) bool {
	if bytes.IndexByte(body, '\\') >= 0 {
		return true
	}
	body = bytes.ToLower(body)
	for _, name := range names {
		if bytes.Contains(body, []byte(`"`+name)) {
			return true
		}
	}
	return false
}

// bufferedBody is the body of a reply, held in memory.
type bufferedBody struct{ bytes.Reader }

// Close implements io.Closer.
func (*bufferedBody) Close() error { return nil }
