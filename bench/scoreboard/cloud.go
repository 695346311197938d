package main

import (
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// cloud is what the scripts need to know of a cloud.
type cloud struct {
	name    string
	start   func() *service
	busy    wire.Fault
	hint    http.Header // to wait two seconds
	clients map[string]func(s *service, trusting bool) (client, error)
}

func clouds() []cloud {
	return []cloud{
		{
			name: "Tencent", start: startTencent,
			busy: wire.Fault{Status: 200, Body: `{"Response":{"Error":{"Code":"RequestLimitExceeded","Message":"Too many requests."},"RequestId":"c0ffee00-0000-4000-8000-000000000000"}}`},
			hint: http.Header{"Retry-After": {"2"}},
			clients: map[string]func(*service, bool) (client, error){
				sdk: tencentSDK, loop: tencentLoop, ours: tencentCGW,
			},
		},
		{
			name: "Alibaba", start: startAlibaba,
			busy: wire.Fault{Status: 400, Body: `{"Code":"Throttling.User","Message":"Too many requests.","RequestId":"C0FFEE00-0000-4000-8000-000000000000","HostId":"vpc"}`},
			hint: http.Header{"X-Acs-Retry-After": {"2000"}},
			clients: map[string]func(*service, bool) (client, error){
				sdk: alibabaSDK, loop: alibabaLoop, ours: alibabaCGW,
			},
		},
	}
}

// service is an emulator of one cloud.
type service struct {
	*httptest.Server
	seed     func(order)
	held     func() []holding
	inject   func(...wire.Fault)
	clear    func()
	requests func() []wire.Request
	retry    cgw.RetryPolicy // of cgw
}

// holding is a gateway that the service holds.
type holding struct{ id, name, ip string }

func listen(h http.Handler) *httptest.Server {
	s := httptest.NewUnstartedServer(h) // HTTP/1.1: the Alibaba SDK speaks no other
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	return s
}

// authority returns the certificate to trust, as PEM.
func (s *service) authority() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))
}

func startTencent() *service {
	state := new(tencenttest.State)
	return &service{
		Server: listen(tencenttest.NewHandler(tencenttest.Options{State: state})),
		seed:   func(o order) { state.Seed(tencenttest.Gateway{Name: o.name, IPAddress: o.ip.String()}) },
		held: func() (all []holding) {
			for _, g := range state.Gateways() {
				all = append(all, holding{g.ID, g.Name, g.IPAddress})
			}
			return all
		},
		inject: state.Inject, clear: state.ClearFaults, requests: state.Requests,
	}
}

func startAlibaba() *service {
	state := new(alibabatest.State)
	return &service{
		Server: listen(alibabatest.NewHandler(alibabatest.Options{State: state})),
		seed:   func(o order) { state.Seed(alibabatest.Gateway{Name: o.name, IPAddress: o.ip.String()}) },
		held: func() (all []holding) {
			for _, g := range state.Gateways() {
				all = append(all, holding{g.ID, g.Name, g.IPAddress})
			}
			return all
		},
		inject: state.Inject, clear: state.ClearFaults, requests: state.Requests,
	}
}
