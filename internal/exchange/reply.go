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

// MaxReply is the largest reply that is read, in bytes. It follows the largest page that the
// documents of the clouds allow: 50 gateways, each with a name of 128 characters, a description of
// 256, an AuthKey of 64 and 20 tags of 64 + 128, make 214,400 characters, of up to 12 bytes each
// as \uXXXX escapes.
const MaxReply = 3 << 20

// maxValues bounds the values in the JSON of a reply: decoded, {} takes a hundred times its size.
// The page above has less than 4,000. maxText bounds each text, in bytes: the longest that the
// documents allow is a description of 3 KiB.
const (
	maxValues = 16_000
	maxText   = 8 << 10
)

// Reply is what the service answered. A provider's inspect fills in Code, Message and
// RequestID for an error of the service, and may rewrite what its SDK gets to see.
type Reply struct {
	Request                  *http.Request // what it answers; for inspect alone
	Status                   int           // as it came; 0: none
	SDKStatus                int           // what the SDK gets to see; 0: Status
	Header                   http.Header
	Body                     []byte
	SDKBody                  []byte // what the SDK gets to see if there is a Record; nil: Body
	Code, Message, RequestID string
	RetryAfter               time.Duration

	secretNames []string // Config.Secrets
}

var errTooLarge = errors.New("reply is larger than " + strconv.Itoa(MaxReply>>20) + " MiB")

// readBody reads and closes the body, of at most MaxReply bytes.
func readBody(resp *http.Response) ([]byte, error) {
	defer resp.Body.Close()
	if n := resp.ContentLength; n > MaxReply {
		return nil, errTooLarge
	} else if n >= 0 {
		body := make([]byte, n, n+1)
		if _, err := io.ReadFull(resp.Body, body); err != nil {
			if err == io.EOF && n > 0 {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		// One more read lets net/http see the end, and so use the connection again.
		_, _ = resp.Body.Read(body[n : n+1])
		return body, nil
	}
	var body bytes.Buffer // it grows in fewer steps than io.ReadAll does
	_, err := body.ReadFrom(io.LimitReader(resp.Body, MaxReply+1))
	if err == nil && body.Len() > MaxReply {
		err = errTooLarge
	}
	return body.Bytes(), err
}

// tooMuch says which bound on its content the JSON of a body exceeds, without decoding it; "" if
// none.
func tooMuch(body []byte) string {
	if len(body) <= maxValues {
		return "" // each value takes a byte
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

// retryAfter returns how long a service, or a proxy before it, asks to wait. It reads the header
// inMillis, unless that is empty or not sent; else Retry-After, in seconds or as a date.
func retryAfter(h http.Header, inMillis string) time.Duration {
	const longest = time.Hour // more is taken for a mistake, and bounded by the caller anyway
	if ms, err := strconv.ParseInt(h.Get(inMillis), 10, 64); err == nil && ms > 0 {
		return time.Duration(min(ms, longest.Milliseconds())) * time.Millisecond
	}
	v := h.Get("Retry-After")
	if v == "" {
		return 0
	}
	if s, err := strconv.ParseInt(v, 10, 64); err == nil {
		return time.Duration(max(0, min(s, int64(longest/time.Second)))) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(0, min(time.Until(t), longest))
	}
	return 0
}

// Clean returns a text of the service fit for an error: see CleanMessage.
func (r *Reply) Clean(text string) string {
	return CleanMessage(text, appendSecrets(nil, r.Request, r.secretNames)...)
}

// Name returns a code or an ID of the service fit for an error: see CleanName. One that repeats a
// secret gives "".
func (r *Reply) Name(text string) string {
	const least = 8 // shorter ones are met by chance
	text = CleanName(text)
	var few [8]string // room for what one request usually has: this is called for every success, and must not allocate
	for _, s := range appendSecrets(few[:0], r.Request, r.secretNames) {
		if s == text || len(s) >= least && strings.Contains(text, s) {
			return ""
		}
	}
	return text
}

// ServerTime returns the service's clock as its reply states it, to the second; zero if it
// does not.
func (r *Reply) ServerTime() time.Time {
	t, err := http.ParseTime(r.Header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return t
}

// ClockOff says by how much the clock of this machine differs from the service's, and which way;
// "" if by less than a minute, or if the service did not tell its time.
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

// FindRequestID finds the request ID in the JSON of a success without decoding it; "" if it is
// not there.
func (r *Reply) FindRequestID() string {
	const key = `"RequestId":"`
	i := bytes.LastIndex(r.Body, []byte(key))
	if i < 0 {
		return ""
	}
	id, _, _ := bytes.Cut(r.Body[i+len(key):], []byte(`"`))
	return r.Name(string(id))
}

// MayHave reports whether the JSON of a body may have a key that begins with one of the names,
// which are in small letters: in letters of either case, as encoding/json reads both, or escaped.
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

// bufferedBody is a body that was read before.
type bufferedBody struct{ bytes.Reader }

// Close implements io.Closer.
func (*bufferedBody) Close() error { return nil }
