package windtest

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/internal/emulator"
	"github.com/cgw-go/cgw/internal/newprovider/southwind"
	"github.com/cgw-go/cgw/internal/operation"
)

// Southwind returns a service of that cloud: methods and paths say what is asked.
func Southwind() *Service {
	return newService(southwind.Rules(), api{action: southAction, key: southKey, do: south, reply: southReply, refuse: southRefuse}, []code{
		{"invalid", http.StatusBadRequest, cgw.ErrInvalidArgument, wire.Invalid},
		{"exists", http.StatusConflict, cgw.ErrAlreadyExists, wire.AlreadyExists},
		{"missing", http.StatusNotFound, cgw.ErrNotFound, wire.NotFound},
		{"in-use", http.StatusConflict, cgw.ErrInUse, wire.InUse},
		{"quota", http.StatusConflict, cgw.ErrQuotaExceeded, wire.QuotaExceeded},
		{"key", http.StatusUnauthorized, cgw.ErrUnauthenticated, wire.Unauthenticated},
		{"denied", http.StatusForbidden, cgw.ErrPermissionDenied, wire.Denied},
		{"slow-down", http.StatusTooManyRequests, cgw.ErrThrottled, wire.Throttled},
		{"busy", http.StatusLocked, cgw.ErrConflict, wire.InProgress},
		{"internal", http.StatusInternalServerError, cgw.ErrUnavailable, wire.Unavailable},
	})
}

// southAction returns the method and the kind of a resource: "PUT gateways/id".
func southAction(r *http.Request) string {
	kind, id, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/regions/"+Region+"/"), "/")
	if id != "" {
		kind += "/id"
	}
	return r.Method + " " + kind
}

func southKey(r *http.Request) string { return r.Header.Get("X-Api-Key") }

func south(ctx context.Context, s *Service, r *http.Request, body []byte) (any, error) {
	var p struct {
		IP     netip.Addr
		Name   *string
		ASN    *cgw.ASN
		Tags   map[string]string
		Set    []operation.Tag
		Remove []string
	}
	if err := json.Unmarshal(body, &p); err != nil {
		return nil, cgw.ErrInvalidArgument
	}
	q, id := r.URL.Query(), r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	skip, _ := strconv.Atoi(q.Get("skip"))
	switch southAction(r) {
	case "POST gateways":
		g, err := s.Fake.Create(ctx, cgw.CreateRequest{IPAddress: p.IP, Name: *p.Name, ASN: *p.ASN, Tags: p.Tags})
		return untagged(g), err
	case "GET gateways/id":
		g, err := s.Fake.Get(ctx, id)
		return untagged(g), err
	case "GET gateways":
		f := cgw.Filter{IDs: q["id"]}
		if q.Has("ip") {
			f.IPAddress, _ = netip.ParseAddr(q.Get("ip")) // none: all
		}
		all := s.list(ctx, f)
		for i := range all {
			all[i] = untagged(all[i])
		}
		return part(all, skip, PageCap), nil
	case "PUT gateways/id":
		if p.Name == nil {
			return nil, cgw.ErrInvalidArgument
		}
		g, err := s.Fake.Update(ctx, id, cgw.UpdateRequest{Name: p.Name, ASN: p.ASN})
		return untagged(g), err
	case "DELETE gateways/id":
		return map[string]string{"Deleted": id}, s.Fake.Delete(ctx, id)
	case "POST tags": // the reply has no content
		return nil, s.changeTags(ctx, q.Get("id"), p.Set, p.Remove)
	case "GET tags":
		limit, _ := strconv.Atoi(q.Get("limit"))
		return s.tagPage(ctx, q["id"], skip, limit)
	case "GET connections":
		return s.connectionsOf(q.Get("id")), nil
	default:
		return nil, cgw.ErrInvalidArgument
	}
}

// untagged returns a gateway as the service shows it, without tags.
func untagged(g cgw.Gateway) cgw.Gateway {
	g = shown(g)
	g.Tags = nil
	return g
}

// tagPage returns tags of the gateways, including the system tag that the service gives each of
// them.
func (s *Service) tagPage(ctx context.Context, ids []string, skip, limit int) (any, error) {
	var rows []operation.TagRow
	for _, id := range ids {
		g, err := s.Fake.Update(ctx, id, cgw.UpdateRequest{}) // unlike Get, it does not lag
		if err != nil {
			continue
		}
		for _, k := range slices.Sorted(maps.Keys(g.Tags)) {
			rows = append(rows, operation.TagRow{ID: id, Key: k, Value: g.Tags[k]})
		}
		rows = append(rows, operation.TagRow{ID: id, Key: "sys:zone", Value: "a", System: true})
	}
	const most = 5 // rows on a page, whatever the request asks for
	limit = min(cmp.Or(limit, most), most)
	return operation.TagPage{Rows: part(rows, skip, limit), Total: len(rows), Limit: limit}, nil
}

// part returns at most limit elements, from number skip on; never nil.
func part[T any](all []T, skip, limit int) []T {
	from := min(max(skip, 0), len(all))
	return append([]T{}, all[from:min(from+limit, len(all))]...)
}

func southReply(requestID string, result any) emulator.Reply {
	reply := emulator.Reply{Status: http.StatusNoContent, Header: http.Header{"X-Request-Id": {requestID}}}
	if result != nil {
		reply.Status, reply.ContentType = http.StatusOK, "application/json"
		reply.Body, _ = json.Marshal(result)
	}
	return reply
}

func southRefuse(requestID string, c code) emulator.Reply {
	body, _ := json.Marshal(map[string]string{"Error": c.code, "Detail": c.message()})
	return emulator.Reply{Status: c.status, ContentType: "application/json", Header: http.Header{"X-Request-Id": {requestID}}, Body: body, Code: c.code}
}
