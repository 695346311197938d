package credential

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/exchange"
)

// maxReply bounds the reply of a source of credentials, in bytes.
const maxReply = 64 << 10

// Fetch sends a GET to a source of credentials, with net/http's default transport as the SDKs do. It
// returns the body of a reply with status 200; any other reply is an Error. status is 0 if there was
// no reply.
func Fetch(address string, timeout time.Duration) (reply []byte, status int, failed *Error) {
	if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, 0, Refused("the address is not an http:// or https:// URL")
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, 0, Wrap(err)
	}
	resp, err := new(http.Client).Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, 0, &Error{Kind: cgw.ErrUnavailable, Err: errSlow}
		}
		return nil, 0, Wrap(err)
	}
	defer func() { _ = resp.Body.Close() }()
	reply, err = io.ReadAll(io.LimitReader(resp.Body, maxReply))
	switch {
	case resp.StatusCode != http.StatusOK:
		text := "HTTP " + strconv.Itoa(resp.StatusCode)
		if code := Code(string(reply)); code != "" {
			text += " " + code
		}
		if OutageStatus(resp.StatusCode) {
			return nil, resp.StatusCode, Outage(text)
		}
		return nil, resp.StatusCode, Refused(text)
	case err != nil:
		return nil, resp.StatusCode, &Error{Kind: cgw.ErrUnavailable, Err: exchange.Reword(err, "the reply ended too early")}
	}
	return reply, resp.StatusCode, nil
}

// Fail returns the *cgw.Error of a DefaultCredentials that failed.
func Fail(ctx context.Context, provider cgw.Provider, err error) error {
	e := Wrap(err)
	return (&cgw.Error{
		Op: cgw.OpDefaultCredentials, Provider: provider, Outcome: cgw.OutcomeNotApplied, Kind: e.Kind, Err: e.Err,
	}).WithContext(ctx)
}
