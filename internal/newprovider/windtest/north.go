package windtest

import (
	"context"
	"encoding/json"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/internal/emulator"
	"github.com/cgw-go/cgw/internal/newprovider/northwind"
	"github.com/cgw-go/cgw/internal/operation"
)

// Northwind returns a service of that cloud: every request is a POST with an action and JSON.
func Northwind() *Service {
	return newService(northwind.Rules(), api{action: northAction, key: northKey, do: north, reply: northReply, refuse: northRefuse}, []code{
		{"TokenMismatch", http.StatusBadRequest, cgw.ErrTokenMismatch, ""},
		{"InvalidParameter", http.StatusBadRequest, cgw.ErrInvalidArgument, wire.Invalid},
		{"GatewayExists", http.StatusBadRequest, cgw.ErrAlreadyExists, wire.AlreadyExists},
		{"GatewayNotFound", http.StatusNotFound, cgw.ErrNotFound, wire.NotFound},
		{"GatewayInUse", http.StatusBadRequest, cgw.ErrInUse, wire.InUse},
		{"QuotaExceeded", http.StatusBadRequest, cgw.ErrQuotaExceeded, wire.QuotaExceeded},
		{"BadKey", http.StatusForbidden, cgw.ErrUnauthenticated, wire.Unauthenticated},
		{"AccessDenied", http.StatusForbidden, cgw.ErrPermissionDenied, wire.Denied},
		{"Throttled", http.StatusTooManyRequests, cgw.ErrThrottled, wire.Throttled},
		{"GatewayBusy", http.StatusBadRequest, cgw.ErrConflict, wire.InProgress},
		{"InternalError", http.StatusInternalServerError, cgw.ErrUnavailable, wire.Unavailable},
	})
}

func northAction(r *http.Request) string { return r.URL.Query().Get("Action") }

func northKey(r *http.Request) string {
	key, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return key
}

// northParams are those of all actions.
type northParams struct {
	ID                string
	IPAddress         netip.Addr
	Name, Description *string
	ASN               cgw.ASN
	Tags              map[string]string // of a create
	Set               []operation.Tag
	Remove            []string
	Token, Next       string
}

func north(ctx context.Context, s *Service, r *http.Request, body []byte) (any, error) {
	var p northParams
	if json.Unmarshal(body, &p) != nil || r.Method != http.MethodPost || r.URL.Query().Get("Region") != Region {
		return nil, cgw.ErrInvalidArgument
	}
	switch northAction(r) {
	case "CreateGateway":
		g, err := s.Fake.Create(ctx, cgw.CreateRequest{
			IPAddress: p.IPAddress, Name: *p.Name, Description: *p.Description, ASN: p.ASN, Tags: p.Tags, ClientToken: p.Token,
		})
		return map[string]any{"Gateway": shown(g)}, err
	case "GetGateway":
		g, err := s.Fake.Get(ctx, p.ID)
		return map[string]any{"Gateway": shown(g)}, err
	case "ListGateways":
		return northPage(s.list(ctx, cgw.Filter{}), *p.Name, p.Next)
	case "ModifyGateway":
		_, err := s.Fake.Update(ctx, p.ID, cgw.UpdateRequest{Name: p.Name, Description: p.Description})
		return map[string]any{}, err
	case "TagGateway", "UntagGateway":
		return map[string]any{}, s.changeTags(ctx, p.ID, p.Set, p.Remove)
	case "DeleteGateway":
		return map[string]any{}, s.Fake.Delete(ctx, p.ID)
	case "ListConnections":
		return map[string]any{"ConnectionIDs": s.connectionsOf(p.ID)}, nil
	default:
		return nil, cgw.ErrInvalidArgument
	}
}

// northPage returns the page that a token names. The service filters after it has cut the page,
// so a page may be empty although more follow.
func northPage(all []cgw.Gateway, name, next string) (any, error) {
	from := 0
	if next != "" {
		var err error
		if from, err = strconv.Atoi(next); err != nil || from < 0 {
			return nil, cgw.ErrInvalidArgument
		}
	}
	from = min(from, len(all))
	to := min(from+PageCap, len(all))
	page := map[string]any{}
	if to < len(all) {
		page["Next"] = strconv.Itoa(to)
	}
	found := []cgw.Gateway{}
	for _, g := range all[from:to] {
		if name == "" || g.Name == name {
			found = append(found, g)
		}
	}
	page["Gateways"] = found
	return page, nil
}

func northReply(requestID string, result any) emulator.Reply {
	all, _ := result.(map[string]any)
	all["RequestID"] = requestID
	body, _ := json.Marshal(all)
	return emulator.Reply{Status: http.StatusOK, ContentType: "application/json", Body: body}
}

func northRefuse(requestID string, c code) emulator.Reply {
	body, _ := json.Marshal(map[string]string{"Code": c.code, "Message": c.message(), "RequestID": requestID})
	return emulator.Reply{Status: c.status, ContentType: "application/json", Body: body, Code: c.code}
}
