package cgwtest

import (
	"context"
	"iter"
	"net/netip"
	"testing"

	"github.com/cgw-go/cgw"
)

// The rules that the suite is tested with: the zero Rules, and two like those of the clouds.
func testRules() map[string]cgw.Rules {
	refused := []cgw.RefusedPrefix{
		{Prefix: netip.MustParsePrefix("127.0.0.0/8"), Reason: "is a loopback address", Source: "a document"},
		{Prefix: netip.MustParsePrefix("224.0.0.0/3"), Reason: "is not a unicast address", Source: "a document"},
	}
	return map[string]cgw.Rules{
		"zero": {},
		"like Tencent": {
			Provider:        cgw.Tencent,
			IPAddress:       cgw.AddressRule{IPv4Only: true, Refused: refused, ClassfulHost: true, ClassfulHostSource: "a document"},
			Name:            cgw.TextRule{Required: true, Max: 60, Source: "a document"},
			Description:     cgw.TextRule{Unsupported: true},
			ResourceGroupID: cgw.TextRule{Unsupported: true},
			AuthKey:         cgw.TextRule{Unsupported: true},
			ClientToken:     cgw.TextRule{Unsupported: true},
			ASN:             cgw.ASNRule{Permanent: true, Reserved: []cgw.ASN{139341, 45090, 58835}},
			Tags:            cgw.TagRule{MaxCount: 10},
		},
		"like Alibaba": {
			Provider:        cgw.Alibaba,
			IPAddress:       cgw.AddressRule{IPv4Only: true, Refused: refused},
			Name:            cgw.TextRule{Min: 2, Max: 128, Word: true, Marks: "._-", NotPrefixes: []string{"http://", "https://"}},
			Description:     cgw.TextRule{Min: 2, Max: 256, LeadingLetter: true, NotPrefixes: []string{"http://", "https://"}},
			ResourceGroupID: cgw.TextRule{ASCII: true},
			AuthKey:         cgw.TextRule{Min: 1, Max: 64, ASCII: true, Except: " ?"},
			ClientToken:     cgw.TextRule{Max: 64, ASCII: true},
			ASN:             cgw.ASNRule{Immutable: true, Reserved: []cgw.ASN{45104}},
			Tags: cgw.TagRule{
				MaxCount: 20, MaxKey: 64, MaxValue: 128,
				NotKeyPrefixes: []string{"aliyun", "acs:", "http://"}, NotValuePrefixes: []string{"http://"},
			},
		},
	}
}

// fakeHarness tests a Fake in a wrapper; nil: the Fake itself.
func fakeHarness(rules cgw.Rules, wrap func(*Fake) cgw.Provisioner) Harness {
	var last *Fake
	wrapped := func(f *Fake) cgw.Provisioner {
		last = f
		if wrap == nil {
			return f
		}
		return wrap(f)
	}
	return Harness{
		Rules:           rules,
		ResourceGroupID: "rg-1",
		New:             func(testing.TB) cgw.Provisioner { return wrapped(&Fake{Like: rules}) },
		Requests: func() int {
			last.mu.Lock()
			defer last.mu.Unlock()
			return last.state.requests
		},
		Connect: func(_ testing.TB, id string) []string { return []string{last.Connect(id), last.Connect(id)} },
		Stalled: func(testing.TB) cgw.Provisioner {
			return wrapped(&Fake{Like: rules, Faults: []Fault{{Hang: true}}})
		},
	}
}

// pagedHarness tests a List in pages of ten: a Fake in a wrapper; nil: in paged.
func pagedHarness(rules cgw.Rules, wrap func(*Fake) cgw.Provisioner) Harness {
	if wrap == nil {
		wrap = func(f *Fake) cgw.Provisioner { return paged{f} }
	}
	h := fakeHarness(rules, wrap)
	h.PageCap = pageCap
	return h
}

const pageCap = 10

// paged is a Fake whose list has pages, each of which is a request.
type paged struct{ *Fake }

func (p paged) page(ctx context.Context, f cgw.Filter, offset int) ([]cgw.Gateway, error) {
	all, err := cgw.Collect(p.Fake.List(ctx, f))
	if err != nil {
		return nil, err
	}
	return all[min(offset, len(all)):min(offset+pageCap, len(all))], nil
}

func (p paged) List(ctx context.Context, f cgw.Filter) iter.Seq2[cgw.Gateway, error] {
	return func(yield func(cgw.Gateway, error) bool) {
		seen := make(map[string]bool)
		for offset := 0; ; offset += pageCap {
			page, err := p.page(ctx, f, offset)
			for _, g := range page {
				if ctx.Err() != nil {
					_, err = p.page(ctx, f, offset) // which is refused, and not sent
					break
				}
				if seen[g.ID] {
					continue
				}
				seen[g.ID] = true
				if !yield(g, nil) {
					return
				}
			}
			if err != nil {
				yield(cgw.Gateway{}, err)
				return
			}
			if len(page) < pageCap {
				return
			}
		}
	}
}

func TestFakeConforms(t *testing.T) {
	for name, rules := range testRules() {
		t.Run(name, func(t *testing.T) { TestProvisioner(t, fakeHarness(rules, nil)) })
	}
}

func TestPagedConforms(t *testing.T) {
	TestProvisioner(t, pagedHarness(testRules()["like Tencent"], nil))
}
