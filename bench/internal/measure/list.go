package measure

import (
	"context"
	"runtime"

	"github.com/cgw-go/cgw"
)

// Listing is what it took to list gateways.
type Listing struct {
	Gateways      int
	Lists         int     // calls of DescribeCustomerGateways
	Tags          int     // calls of the tag service
	BytesEach     float64 // of heap that is live at the end of the iteration, for each gateway
	ListsForFirst int     // list calls when the caller stops after the first gateway
	TagsForFirst  int
}

// List lists all that the emulator of the cloud holds, with their tags.
func List(p cgw.Provider, e *Emulator) (Listing, error) {
	provisioner, done, err := Provisioner(p, e.URL, unlimited)
	if err != nil {
		return Listing{}, err
	}
	defer done()
	ctx := context.Background()
	var l Listing
	for _, err := range provisioner.List(ctx, cgw.Filter{}) {
		if err != nil {
			return l, err
		}
		break
	}
	first, err := e.Stats()
	if err != nil {
		return l, err
	}
	l.ListsForFirst, l.TagsForFirst = first.Actions[actionList], first.Actions[actionTags]

	var begin, end uint64
	for _, err := range provisioner.List(ctx, cgw.Filter{}) {
		if err != nil {
			return l, err
		}
		if l.Gateways++; l.Gateways == 1 {
			begin = liveHeap()
		}
		end = 0
		if l.Gateways == e.next {
			end = liveHeap()
		}
	}
	s, err := e.Stats()
	if err != nil {
		return l, err
	}
	l.Lists, l.Tags = s.Actions[actionList]-l.ListsForFirst, s.Actions[actionTags]-l.TagsForFirst
	if l.Gateways > 0 {
		l.BytesEach = (float64(end) - float64(begin)) / float64(l.Gateways)
	}
	return l, nil
}

const (
	actionList = "DescribeCustomerGateways"
	actionTags = "DescribeResourceTagsByResourceIds"
)

// ListCalls and TagCalls return how few calls can list n gateways with their tags.
func ListCalls(p cgw.Provider, n int) int {
	if p == cgw.Tencent {
		return (n + 99) / 100
	}
	return (n + 49) / 50
}

// TagCalls returns how few calls can read the tags of n gateways that were listed.
func TagCalls(p cgw.Provider, n int) int {
	if p == cgw.Tencent {
		return (n + 49) / 50
	}
	return 0 // the listing has them
}

func liveHeap() uint64 {
	runtime.GC()
	runtime.GC() // what the first one only finalized
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
