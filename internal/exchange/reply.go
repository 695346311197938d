package exchange

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
)

// MaxReply is the largest reply that is read, in bytes.
const MaxReply = 1 << 20

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
	body, err := io.ReadAll(io.LimitReader(resp.Body, MaxReply+1))
	if err == nil && len(body) > MaxReply {
		err = errTooLarge
	}
	return body, err
}

// retryAfter reads the hints to wait that the clouds and the proxies before them send:
// Retry-After in seconds or as a date, and Alibaba's x-acs-retry-after in milliseconds.
func retryAfter(h http.Header) time.Duration {
	const longest = time.Hour // more is taken for a mistake, and bounded by the caller anyway
	if ms, err := strconv.Atoi(h.Get("X-Acs-Retry-After")); err == nil && ms > 0 {
		return min(time.Duration(min(ms, int(longest/time.Millisecond)))*time.Millisecond, longest)
	}
	v := h.Get("Retry-After")
	if v == "" {
		return 0
	}
	if s, err := strconv.Atoi(v); err == nil {
		return time.Duration(max(0, min(s, int(longest/time.Second)))) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(0, min(time.Until(t), longest))
	}
	return 0
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

// FindRequestID finds the request ID in the JSON of a success without decoding it; "" if it is
// not there.
func FindRequestID(body []byte) string {
	const key = `"RequestId":"`
	i := bytes.LastIndex(body, []byte(key))
	if i < 0 {
		return ""
	}
	id, _, _ := bytes.Cut(body[i+len(key):], []byte(`"`))
	return CleanName(string(id))
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

// whole is a body that was read before.
type whole struct{ bytes.Reader }

// Close implements io.Closer.
func (*whole) Close() error { return nil }
