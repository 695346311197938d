// Package configcheck checks what the Config types of the providers share, before anything is sent.
package configcheck

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/cgw-go/cgw"
)

// Checker gathers what is wrong with a Config, in the order of the checks.
type Checker struct {
	faults cgw.ValidationError
}

// Refuse notes that a field is wrong. value must not hold a secret.
func (c *Checker) Refuse(field, value, reason string) {
	c.faults.Add(field, value, reason, "", cgw.ErrInvalidArgument)
}

// Err returns nil, or an *cgw.Error with everything that was refused.
func (c *Checker) Err(provider cgw.Provider, region string) error {
	err := c.faults.Err()
	if err == nil {
		return nil
	}
	return &cgw.Error{
		Op: cgw.OpNew, Provider: provider, Region: region, Kind: cgw.ErrInvalidArgument, Outcome: cgw.OutcomeNotApplied, Err: err,
	}
}

// regionForm matches the names of the regions of both clouds. A region becomes part of host names,
// so any other text is refused.
var regionForm = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// Region checks the name of a region.
func (c *Checker) Region(region string) {
	switch {
	case region == "":
		c.Refuse("Region", "", "is required")
	case len(region) > 63 || !regionForm.MatchString(region):
		c.Refuse("Region", region, "is not the name of a region: lower-case letters, digits and hyphens")
	}
}

// Credentials refuses missing credentials: nil, or an interface that holds a nil pointer. If
// the credentials have a method Flaw, and it returns a reason why they cannot sign, they are
// refused too.
func (c *Checker) Credentials(cred any) {
	if v := reflect.ValueOf(cred); cred == nil || (v.Kind() == reflect.Pointer || v.Kind() == reflect.Func) && v.IsNil() {
		c.Refuse("Credentials", "", "are required")
		return
	}
	if fixed, ok := cred.(interface{ Flaw() string }); ok {
		if flaw := fixed.Flaw(); flaw != "" {
			c.Refuse("Credentials", "", flaw)
		}
	}
}

// Endpoint reads a host, a host:port, or an http:// or https:// URL of one. An empty text gives an
// empty host.
func (c *Checker) Endpoint(field, text string) (scheme, host string) {
	scheme = "https"
	if text == "" {
		return scheme, ""
	}
	raw := text
	if !strings.Contains(raw, "://") {
		raw = "https://" + raw
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || !validHost(u.Host):
		c.Refuse(field, "", "is not a host, host:port, or http:// or https:// URL") // it may hold a password
		return "", ""
	case u.User != nil:
		c.Refuse(field, "", "must not hold user information")
		return "", ""
	case u.Scheme != "http" && u.Scheme != "https":
		c.Refuse(field, u.Scheme, "must have the scheme http or https")
		return "", ""
	case strings.TrimPrefix(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		c.Refuse(field, u.Host, "must not have a path, a query or a fragment")
		return "", ""
	}
	return u.Scheme, u.Host
}

var hostForm = regexp.MustCompile(`^([a-zA-Z0-9]([a-zA-Z0-9_-]*[a-zA-Z0-9])?)(\.[a-zA-Z0-9]([a-zA-Z0-9_-]*[a-zA-Z0-9])?)*$`)

func validHost(hostport string) bool {
	host := hostport
	if h, port, err := net.SplitHostPort(hostport); err == nil {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return false
		}
		host = h
	} else if strings.Contains(hostport, ":") && !strings.HasSuffix(hostport, "]") {
		return false
	}
	if ip := net.ParseIP(strings.Trim(host, "[]")); ip != nil {
		return true
	}
	return len(host) <= 253 && hostForm.MatchString(host)
}

// Client refuses clients whose settings break the promises of cgw about connections.
func (c *Checker) Client(client *http.Client) {
	if client == nil {
		return
	}
	if client.Timeout < 0 {
		c.Refuse("HTTPClient", client.Timeout.String(), "has a negative Timeout")
	}
	t, ok := client.Transport.(*http.Transport)
	if ok && t.TLSClientConfig != nil && t.TLSClientConfig.MaxVersion != 0 && t.TLSClientConfig.MaxVersion < tls.VersionTLS12 {
		c.Refuse("HTTPClient", "", "must allow TLS 1.2 or later")
	} else if ok && t.TLSClientConfig != nil && t.TLSClientConfig.MinVersion != 0 && t.TLSClientConfig.MinVersion < tls.VersionTLS12 {
		c.Refuse("HTTPClient", "", "allows a version of TLS below 1.2")
	}
}

// Timing checks the timeout, the retry policy and the validation mode. It returns the timeout, or its default.
func (c *Checker) Timing(timeout time.Duration, retry cgw.RetryPolicy, mode cgw.ValidationMode) time.Duration {
	const defaultTimeout = 10 * time.Second
	if timeout < 0 {
		c.Refuse("AttemptTimeout", timeout.String(), "must not be negative")
	} else if timeout == 0 {
		timeout = defaultTimeout
	}
	var v *cgw.ValidationError
	if errors.As(retry.Validate(), &v) {
		c.faults.Fields = append(c.faults.Fields, v.Fields...)
	}
	if mode > cgw.Minimal {
		c.Refuse("Validation", strconv.Itoa(int(mode)), "is none of Documented, Current and Minimal")
	}
	return timeout
}

// Rules returns the rules of a validation mode. documented are those of the vendor's documents
// that cgw was made from, current those of its current documents.
func Rules(mode cgw.ValidationMode, documented, current cgw.Rules) cgw.Rules {
	switch mode {
	case cgw.Current:
		return current
	case cgw.Minimal:
		return documented.Minimal()
	default:
		return documented
	}
}
