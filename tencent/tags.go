package tencent

import (
	"context"
	"maps"
	"slices"

	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/attempt"
	"github.com/cgw-go/cgw/internal/exchange"
)

// The caps of the tag service (2018-08-13). The largest page is not documented; 100 is what the
// vendor's other operations allow.
const (
	tagBatch   = 50  // resources in DescribeResourceTagsByResourceIds
	tagPage    = 100 // rows in a page of it
	tagChanges = 10  // tags in ModifyResourceTags
)

// Tags are kept by a service of its own, for which the SDK has a further package. These two
// requests need no more of it than its signing.

type describeTags struct {
	*tchttp.BaseRequest
	ServiceType    string
	ResourcePrefix string
	ResourceRegion string
	ResourceIds    []string //nolint:revive // the service's spelling
	Offset         int
	Limit          int
}

type describeTagsReply struct {
	TotalCount int
	Limit      int                                                       // what the service made of the request's
	Tags       []struct{ TagKey, TagValue, ResourceId, Category string } //nolint:revive // the service's spelling
	RequestId  string                                                    //nolint:revive // the service's spelling
}

type modifyTags struct {
	*tchttp.BaseRequest
	Resource    string
	ReplaceTags []tag    `json:",omitempty"`
	DeleteTags  []tagKey `json:",omitempty"`
}

type (
	tag    struct{ TagKey, TagValue string }
	tagKey struct{ TagKey string }
)

type modifyTagsReply struct {
	RequestId string //nolint:revive // the service's spelling
}

// tagRequest returns what a request of the tag service starts with.
func (p *Provisioner) tagRequest(action string) *tchttp.BaseRequest {
	r := &tchttp.BaseRequest{}
	r.Init().WithApiInfo("tag", "2018-08-13", action)
	r.SetDomain(p.tagHost)
	r.SetPath("/")
	return r
}

// addTags reads the tags of at most tagBatch gateways into them, as a part of call.
func (p *Provisioner) addTags(ctx context.Context, call *attempt.Call, gateways []cgw.Gateway) error {
	if len(gateways) == 0 {
		return nil
	}
	ids := make([]string, len(gateways))
	for i, g := range gateways {
		ids[i] = g.ID
	}
	for offset, limit := 0, tagPage; ; {
		var reply *describeTagsReply
		request := attempt.Request{Action: "DescribeResourceTagsByResourceIds", Repeatable: true}
		_, err := call.Send(ctx, &request, func(ctx context.Context) (err error) {
			reply, err = send[describeTagsReply](ctx, p, &describeTags{
				BaseRequest: p.tagRequest(request.Action), ServiceType: "vpc", ResourcePrefix: "cgw",
				ResourceRegion: p.region, ResourceIds: ids, Offset: offset, Limit: limit,
			})
			switch {
			case err != nil:
				return err
			case reply.RequestId == "":
				return exchange.Incomplete("content")
			case len(reply.Tags) < min(limit, reply.TotalCount-offset) && !lowered(reply.Limit, limit):
				return exchange.Incomplete("the tags that it counts")
			}
			return nil
		})
		if err != nil {
			return err
		}
		if lowered(reply.Limit, limit) {
			offset, limit = 0, reply.Limit // what the first pages lacked is read anew
			continue
		}
		for _, row := range reply.Tags {
			i := slices.Index(ids, row.ResourceId)
			if i < 0 || row.Category == "System" { // the vendor's own marks are not the user's to keep or remove
				continue
			}
			if gateways[i].Tags == nil {
				gateways[i].Tags = map[string]string{}
			}
			gateways[i].Tags[row.TagKey] = row.TagValue
		}
		if offset += limit; offset >= reply.TotalCount {
			return nil
		}
	}
}

// lowered reports whether the service made a smaller page than it was asked for.
func lowered(got, asked int) bool { return got > 0 && got < asked }

// changeTags makes the tags of a gateway be as wanted, in as many requests as it takes.
func (p *Provisioner) changeTags(ctx context.Context, call *attempt.Call, id string, have, want map[string]string) error {
	set, remove := tagChange(have, want)
	for len(set)+len(remove) > 0 {
		// Removing first keeps the number of tags below the service's limit in between.
		change := modifyTags{Resource: "qcs::vpc:" + p.region + ":uin/:cgw/" + id}
		if n := min(len(remove), tagChanges); n > 0 { // the service refuses an empty list
			change.DeleteTags, remove = remove[:n], remove[n:]
		}
		if n := min(len(set), tagChanges-len(change.DeleteTags)); n > 0 {
			change.ReplaceTags, set = set[:n], set[n:]
		}
		request := attempt.Request{Action: "ModifyResourceTags", Write: true, Repeatable: true}
		_, err := call.Send(ctx, &request, func(ctx context.Context) error {
			change.BaseRequest = p.tagRequest(request.Action)
			reply, err := send[modifyTagsReply](ctx, p, &change)
			if err == nil && reply.RequestId == "" {
				return exchange.Incomplete("a request ID")
			}
			return err
		})
		if err != nil {
			return err
		}
		call.Wrote = true
	}
	return nil
}

// tagChange returns the tags to set and to remove, in the order of their keys.
func tagChange(have, want map[string]string) (set []tag, remove []tagKey) {
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if v, ok := have[k]; !ok || v != want[k] {
			set = append(set, tag{k, want[k]})
		}
	}
	for _, k := range slices.Sorted(maps.Keys(have)) {
		if _, ok := want[k]; !ok {
			remove = append(remove, tagKey{k})
		}
	}
	return set, remove
}
