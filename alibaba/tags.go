package alibaba

import (
	"context"
	"maps"
	"slices"

	"github.com/alibabacloud-go/tea/dara"
	vpc "github.com/alibabacloud-go/vpc-20160428/v7/client"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/exchange"
)

// resourceType is what TagResources knows a customer gateway as. The SDK's documents do not
// list it; it is what other programs send.
const resourceType = "CUSTOMERGATEWAY"

// changeTags makes the tags of a gateway be as wanted, in as many requests as it takes.
func (p *Provisioner) changeTags(ctx context.Context, call *attempt.Call, id string, have, want map[string]string) error {
	set, remove := tagChange(have, want)
	// Removing first keeps the number of tags below the service's limit in between.
	for keys := range slices.Chunk(remove, tagCap) {
		err := p.write(ctx, call, "UnTagResources", func(ctx context.Context, client *vpc.Client) (string, error) {
			resp, err := client.UnTagResourcesWithContext(ctx, &vpc.UnTagResourcesRequest{
				RegionId: &p.region, ResourceType: dara.String(resourceType), ResourceId: []*string{&id}, TagKey: dara.StringSlice(keys),
			}, runtime())
			if err != nil || resp.Body == nil {
				return "", err
			}
			return value(resp.Body.RequestId), nil
		})
		if err != nil {
			return err
		}
	}
	for keys := range slices.Chunk(set, tagCap) {
		err := p.write(ctx, call, "TagResources", func(ctx context.Context, client *vpc.Client) (string, error) {
			r := &vpc.TagResourcesRequest{RegionId: &p.region, ResourceType: dara.String(resourceType), ResourceId: []*string{&id}}
			for _, k := range keys {
				r.Tag = append(r.Tag, &vpc.TagResourcesRequestTag{Key: dara.String(k), Value: dara.String(want[k])})
			}
			resp, err := client.TagResourcesWithContext(ctx, r, runtime())
			if err != nil || resp.Body == nil {
				return "", err
			}
			return value(resp.Body.RequestId), nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// write sends a request that changes a gateway and may be repeated. do returns the request ID,
// without which a success is none.
func (p *Provisioner) write(ctx context.Context, call *attempt.Call, action string, do func(context.Context, *vpc.Client) (string, error)) error {
	request := attempt.Request{Action: action, Write: true, Repeatable: true}
	_, err := call.Send(ctx, &request, func(ctx context.Context) error {
		client, err := p.client(ctx)
		if err != nil {
			return err
		}
		requestID, err := do(ctx, client)
		if err == nil && requestID == "" {
			return exchange.Incomplete("a request ID")
		}
		return err
	})
	if err == nil {
		call.Wrote = true
	}
	return err
}

// tagChange returns the keys of the tags to set and to remove, in their order.
func tagChange(have, want map[string]string) (set, remove []string) {
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if v, ok := have[k]; !ok || v != want[k] {
			set = append(set, k)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(have)) {
		if _, ok := want[k]; !ok {
			remove = append(remove, k)
		}
	}
	return set, remove
}

// same reports whether g is already as req wants it. The AuthKey is never compared: cgw does
// not read it back.
func same(g cgw.Gateway, req cgw.UpdateRequest) bool {
	return (req.Name == nil || *req.Name == g.Name) && (req.Description == nil || *req.Description == g.Description) &&
		req.AuthKey == nil && (req.Tags == nil || maps.Equal(req.Tags, g.Tags))
}
