package tencenttest

import (
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/emulator"
	"github.com/cgw-go/cgw/tencent"
)

// The versions of the two services.
const (
	versionVPC = "2017-03-12"
	versionTag = "2018-08-13"
)

// clockWindow is how far the clocks of client and service may be apart.
const clockWindow = 5 * time.Minute

// NewHandler returns the emulated services vpc and tag as a handler. The signature's scope or the
// first label of the host says which of the two a request is for; if they name neither, its version
// does.
func NewHandler(o Options) http.Handler { return newHandler(o).front() }

func newHandler(o Options) *handler {
	o = o.withDefaults()
	h := &handler{o: o, rules: tencent.Rules(), state: o.State}
	h.vpc, h.tag = h.vpcActions(), h.tagActions()
	h.state.attach(o)
	h.o.Now = h.state.core.Now // the clock may change while the handler serves
	return h
}

type handler struct {
	o        Options
	rules    cgw.Rules // the limits of fields
	state    *State
	vpc, tag map[string]action
	replays  replays
}

// action executes one kind of request and returns the fields of the reply.
type action func(input) (any, *serviceError)

// request is an authenticated request.
type request struct {
	service string // from the signature or the host; "" if neither names it
	version string
	region  string
	read    func() (input, *serviceError) // reads the parameters
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, run, e := h.understand(r)
	if e != nil {
		h.state.core.Refuse(w, name, errorReply(e))
		return
	}
	h.state.core.Run(w, r, name, func() emulator.Reply {
		if !h.state.core.Allow(name) {
			return errorReply(refuse(codeRequestLimit, "more than %d requests a second for %s", h.state.core.Rate(name), name))
		}
		result, e := run()
		if e != nil {
			return errorReply(e)
		}
		return okReply(result)
	}, codeReply)
}

// understand authenticates the request and finds its action. It returns the action's name, if it
// could be read, also with an error.
func (h *handler) understand(r *http.Request) (name string, run func() (any, *serviceError), e *serviceError) {
	name = r.Header.Get("X-TC-Action")
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		return name, nil, refuse(codeUnsupportedProtocol, "only GET and POST are supported")
	}
	body, e := readBody(r)
	if e != nil {
		return name, nil, e
	}
	var req request
	if r.Header.Get("Authorization") != "" {
		req, e = h.authenticateTC3(r, name, body)
	} else {
		name, req, e = h.authenticateV1(r, body)
	}
	if e != nil {
		return name, nil, e
	}
	do, e := h.dispatch(name, req)
	if e != nil {
		return name, nil, e
	}
	return name, func() (any, *serviceError) {
		in, e := req.read()
		if e != nil {
			return nil, e
		}
		return do(in)
	}, nil
}

func (h *handler) dispatch(name string, req request) (action, *serviceError) {
	service := req.service
	if service != "vpc" && service != "tag" {
		service = map[string]string{versionVPC: "vpc", versionTag: "tag"}[req.version]
	}
	version, actions := versionVPC, h.vpc
	if service == "tag" {
		version, actions = versionTag, h.tag
	}
	if req.version != version {
		return nil, refuse(codeNoSuchVersion, "the version %q does not exist", req.version)
	}
	do, ok := actions[name]
	if !ok {
		return nil, refuse(codeInvalidAction, "the action %q does not exist in version %s", name, version)
	}
	if service == "vpc" {
		if req.region == "" {
			return nil, missing("Region")
		}
		if req.region != h.o.Region {
			return nil, refuse(codeUnsupportedRegion, "the region %q is not supported", req.region)
		}
	}
	return do, nil
}

func (h *handler) authenticateTC3(r *http.Request, name string, body []byte) (request, *serviceError) {
	req := request{version: r.Header.Get("X-TC-Version"), region: r.Header.Get("X-TC-Region")}
	timestamp := r.Header.Get("X-TC-Timestamp")
	for _, p := range [][2]string{{"Action", name}, {"Version", req.version}, {"Timestamp", timestamp}} {
		if p[1] == "" {
			return req, missing(p[0])
		}
	}
	a, e := parseTC3(r.Header.Get("Authorization"))
	if e != nil {
		return req, e
	}
	req.service = a.service
	at, e := h.checkClient(a.secretID, timestamp)
	if e == nil {
		e = a.verify(r, body, h.state.core.Credentials().Secret, timestamp, at)
	}
	if e == nil {
		e = h.checkToken(r.Header.Get("X-TC-Token"))
	}
	req.read = func() (input, *serviceError) { return inputTC3(r, body) }
	return req, e
}

func (h *handler) authenticateV1(r *http.Request, body []byte) (string, request, *serviceError) {
	form := r.URL.RawQuery
	if r.Method == http.MethodPost {
		form = string(body)
		if kind, _ := mediaType(r); kind != "application/x-www-form-urlencoded" {
			return "", request{}, refuse(codeInvalidAuthorization, "there is neither an Authorization header nor a form")
		}
	}
	params, e := parseForm(form)
	if e != nil {
		return "", request{}, e
	}
	name := params["Action"]
	req := request{service: serviceOfHost(r.Host), version: params["Version"], region: params["Region"]}
	for _, p := range []string{"Action", "Version", "Timestamp", "Nonce", "SecretId", "Signature"} {
		if params[p] == "" {
			return name, req, missing(p)
		}
	}
	at, e := h.checkClient(params["SecretId"], params["Timestamp"])
	if e == nil {
		e = verifyV1(r, params, h.state.core.Credentials().Secret)
	}
	if e == nil {
		e = h.checkToken(params["Token"])
	}
	if e == nil && !h.replays.first(params["Signature"], at, h.o.Now()) {
		e = refuse(codeSignatureFailure, "there was a request with the same signature before")
	}
	if e != nil {
		return name, req, e
	}
	for p := range params {
		if isCommonV1(p) {
			delete(params, p)
		}
	}
	req.read = func() (input, *serviceError) { return flatInput(params), nil }
	return name, req, nil
}

// checkClient checks what can be checked before the signature.
func (h *handler) checkClient(secretID, timestamp string) (time.Time, *serviceError) {
	if secretID != h.state.core.Credentials().ID {
		return time.Time{}, refuse(codeSecretIDNotFound, "the SecretId does not exist")
	}
	at, e := parseTimestamp(timestamp)
	if e != nil {
		return at, e
	}
	if h.o.Now().Sub(at).Abs() > clockWindow {
		return at, refuse(codeSignatureExpire, "the timestamp is more than five minutes away from the service's clock")
	}
	return at, nil
}

func (h *handler) checkToken(token string) *serviceError {
	if token != h.state.core.Credentials().Token {
		return refuse(codeTokenFailure, "the token is not that of the credentials")
	}
	return nil
}

// serviceOfHost returns the first label of a host name.
func serviceOfHost(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	label, _, _ := strings.Cut(host, ".")
	return label
}
