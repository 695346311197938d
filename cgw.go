package cgw

import (
	"context"
	"iter"
	"maps"
	"net/netip"
	"slices"
	"time"
)

// Provider names a cloud. It is the value of [Gateway.Provider] and [Error.Provider]. Empty: not
// known.
type Provider string

// The clouds that cgw comes with.
const (
	Tencent Provider = "tencent" // Tencent Cloud, VPC API 2017-03-12
	Alibaba Provider = "alibaba" // Alibaba Cloud, VPC API 2016-04-28
)

// Creator creates customer gateways.
//
// Like every role here, it is safe for concurrent use by multiple goroutines. No method is ever
// added to a role: a new ability is a new one-method interface.
type Creator interface {
	// Create registers the device at req.IPAddress and returns its gateway, with ID set. It
	// does not wait until reads of the service show it: see [WaitVisible].
	//
	// One call makes at most one gateway, however many requests it takes. If cgw cannot find
	// out in the given time whether it did, the error satisfies [ErrOutcomeUnknown].
	//
	// Errors are [*Error] values that satisfy [ErrInvalidArgument] (alone, or with a more
	// specific sentinel such as [ErrInvalidName]), [ErrUnsupported], [ErrAlreadyExists]
	// (ConflictingIDs then has the ID of the gateway at the address, if a read shows it),
	// [ErrQuotaExceeded], or one of the sentinels that any operation may return:
	// [ErrThrottled], [ErrConflict], [ErrUnauthenticated], [ErrPermissionDenied],
	// [ErrUnavailable].
	//
	// ctx bounds the whole call, waits included. When it ends, Create returns at once with an
	// error that satisfies errors.Is for ctx.Err().
	//
	// Create does not change req. The Gateway shares no memory with it.
	Create(ctx context.Context, req CreateRequest) (Gateway, error)
}

// Getter reads one customer gateway. It is safe for concurrent use.
type Getter interface {
	// Get returns the gateway that has the ID, tags included.
	//
	// Errors: [ErrNotFound] if it does not exist or the service does not show it yet,
	// [ErrInvalidArgument] if the ID is empty, has a control character, or starts or ends with
	// white space, and those that any operation may return. ctx bounds the call as in [Creator].
	Get(ctx context.Context, id string) (Gateway, error)
}

// Lister finds customer gateways. It is safe for concurrent use.
type Lister interface {
	// List returns an iterator over the gateways of the region that f matches, in the service's
	// order. Nothing is sent until it is ranged over. The next page is read only when the loop
	// wants more. It yields at most one error, as the last item, with a zero Gateway. Ranging
	// again reads again. No gateway is yielded twice. Both clouds page by offset, so a gateway
	// can be missed if another one is deleted while the list is read.
	//
	// Errors: [ErrInvalidArgument] for a malformed filter, before anything is sent,
	// [ErrUnsupported] for a field of it that the cloud does not have, and those that any
	// operation may return. ctx bounds the iteration: when it ends, the next step yields an
	// error that satisfies errors.Is for ctx.Err().
	List(ctx context.Context, f Filter) iter.Seq2[Gateway, error]
}

// Updater changes customer gateways. It is safe for concurrent use.
type Updater interface {
	// Update changes the fields that req sets, leaves the others as they are, and returns the
	// changed gateway. A request that sets nothing writes nothing and returns what Get would.
	//
	// Update is not atomic if the cloud needs several requests: an error after the first of
	// them has outcome [OutcomeUnknown], and the same Update may be repeated. Concurrent
	// updates of one gateway have no order; the service may refuse one with [ErrConflict].
	//
	// Errors: [ErrNotFound], [ErrInvalidArgument] and the more specific sentinels (also for an
	// ID that [Getter] refuses), [ErrUnsupported] for a field that the cloud does not have or
	// cannot change, and those that any operation may return. ctx bounds the call as in
	// [Creator].
	Update(ctx context.Context, id string, req UpdateRequest) (Gateway, error)
}

// Deleter deletes customer gateways. It is safe for concurrent use.
type Deleter interface {
	// Delete removes the gateway. It does not wait until reads of the service stop showing it:
	// see [WaitGone].
	//
	// Errors: [ErrNotFound] if it does not exist (see [DeleteIfExists]); [ErrInUse] if a VPN
	// connection uses it, with the connections in ConflictingIDs if they could be read;
	// [ErrInvalidArgument] for an ID that [Getter] refuses; and those that any operation may
	// return. ctx bounds the call as in [Creator].
	Delete(ctx context.Context, id string) error
}

// Provisioner manages the customer gateways of one region of one cloud account. Programs should ask
// for the smallest role that they need.
type Provisioner interface {
	Creator
	Getter
	Lister
	Updater
	Deleter
}

// Gateway is the cloud's record of an on-premises VPN device, as last read. It shares no memory
// with a request or with another Gateway.
type Gateway struct {
	Provider        Provider          `json:"provider"`                  // the cloud
	Region          string            `json:"region"`                    // the region that the Provisioner was made for
	ID              string            `json:"id"`                        // given by the service, such as cgw-mgp33pll
	Name            string            `json:"name,omitempty"`            // empty: none
	Description     string            `json:"description,omitempty"`     // Alibaba only
	IPAddress       netip.Addr        `json:"ipAddress,omitzero"`        // always IPv4
	ASN             ASN               `json:"asn,omitempty"`             // 0: none, or not confirmed by the service
	Tags            map[string]string `json:"tags,omitempty"`            // nil when there are none
	ResourceGroupID string            `json:"resourceGroupId,omitempty"` // Alibaba only
	CreatedAt       time.Time         `json:"createdAt,omitzero"`        // UTC; zero when the service did not say
	RequestID       string            `json:"requestId,omitempty"`       // of the reply this was read from
}

// Equal reports whether g and o describe the same gateway in the same state. It compares
// everything but RequestID; times are compared as instants, and nil tags equal empty ones.
func (g Gateway) Equal(o Gateway) bool {
	return g.Provider == o.Provider && g.Region == o.Region && g.ID == o.ID &&
		g.Name == o.Name && g.Description == o.Description &&
		g.IPAddress == o.IPAddress && g.ASN == o.ASN &&
		g.ResourceGroupID == o.ResourceGroupID &&
		g.CreatedAt.Equal(o.CreatedAt) && maps.Equal(g.Tags, o.Tags)
}

// Spec returns the request that would create such a gateway: its fields and tags, without a token
// and an AuthKey, which no cloud shows. It shares no memory with g.
func (g Gateway) Spec() CreateRequest {
	return CreateRequest{
		IPAddress: g.IPAddress, Name: g.Name, Description: g.Description, ASN: g.ASN,
		Tags: maps.Clone(g.Tags), ResourceGroupID: g.ResourceGroupID,
	}
}

// CreateRequest is the gateway to create. Leave a field zero that the cloud does not have:
// setting it is a [FieldError] that satisfies [ErrUnsupported]. tencent.Rules and alibaba.Rules
// say what each cloud accepts.
type CreateRequest struct {
	// IPAddress is the public IPv4 address of the device. Required. An IPv4-mapped IPv6
	// address is unmapped first.
	IPAddress netip.Addr `json:"ipAddress,omitzero"`
	// Name is required by Tencent, optional on Alibaba.
	Name string `json:"name,omitempty"`
	// Description is for Alibaba only.
	Description string `json:"description,omitempty"`
	// ASN is the device's BGP autonomous system number. 0: none.
	ASN ASN `json:"asn,omitempty"`
	// Tags are bound in the create call itself.
	Tags map[string]string `json:"tags,omitempty"`
	// ResourceGroupID is for Alibaba only. Empty: the account's default group.
	ResourceGroupID string `json:"resourceGroupId,omitempty"`
	// AuthKey is the BGP MD5 key, for Alibaba only. It is never returned by cgw.
	AuthKey Secret `json:"authKey,omitempty"`
	// ClientToken is an idempotency key, on Alibaba only: a create that is repeated with the same
	// token and the same fields, also in another process, returns the same gateway. At most 64
	// ASCII characters. Empty: one is made for the call, and an error has it in
	// Error.ClientToken.
	ClientToken string `json:"clientToken,omitempty"`
}

// UpdateRequest is what to change. A nil field is left as it is. Neither cloud can change the IP
// address of a gateway.
type UpdateRequest struct {
	Name        *string `json:"name,omitempty"`        // the new name
	Description *string `json:"description,omitempty"` // Alibaba only
	ASN         *ASN    `json:"asn,omitempty"`         // Tencent only
	AuthKey     *Secret `json:"authKey,omitempty"`     // Alibaba only
	// Tags is the complete set wanted: others are removed. Nil leaves the tags as they are,
	// empty but not nil removes all of them.
	Tags map[string]string `json:"tags,omitzero"`
}

// Filter selects the gateways to list. A gateway must match every field that is set. The zero
// Filter matches all gateways.
type Filter struct {
	// IDs matches the gateways that have one of these IDs. An ID that does not exist is
	// ignored. Empty: no restriction. An ID that is empty, has a control character, or starts or
	// ends with white space, is [ErrInvalidArgument].
	IDs []string `json:"ids,omitempty"`
	// IPAddress matches the gateway at this address. An IPv4-mapped IPv6 address is unmapped.
	IPAddress netip.Addr `json:"ipAddress,omitzero"`
	// Name matches gateways of exactly this name. A control character in it, in Tags or in
	// ResourceGroupID is [ErrInvalidArgument]: no gateway can have it.
	Name string `json:"name,omitempty"`
	// Tags matches gateways that have all of these keys with these values.
	Tags map[string]string `json:"tags,omitempty"`
	// ResourceGroupID matches gateways of this group, on Alibaba only: elsewhere it is
	// [ErrUnsupported]. A user who may see only one group must set it.
	ResourceGroupID string `json:"resourceGroupId,omitempty"`
}

// Match reports whether g satisfies f. List of any [Lister] yields exactly the gateways that match.
func (f Filter) Match(g Gateway) bool {
	if len(f.IDs) > 0 && !slices.Contains(f.IDs, g.ID) {
		return false
	}
	if f.IPAddress.IsValid() && f.IPAddress.Unmap() != g.IPAddress {
		return false
	}
	if f.Name != "" && f.Name != g.Name {
		return false
	}
	if f.ResourceGroupID != "" && f.ResourceGroupID != g.ResourceGroupID {
		return false
	}
	for k, v := range f.Tags {
		if have, ok := g.Tags[k]; !ok || have != v {
			return false
		}
	}
	return true
}
