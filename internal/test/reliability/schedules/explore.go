// Package schedules explores every schedule within a bound: every combination of events at the
// first requests of a call. Package reliability explores a smaller bound with the real providers.
package schedules

// Kind is a kind of event.
type Kind int

// The kinds of events. At one request, one of each kind may happen.
const (
	Fault Kind = iota // the request fails
	End               // the context of the call ends
	Other             // another program writes
	kinds
)

// Bound limits the events in one schedule.
type Bound struct {
	Requests int        // events happen only at the first Requests requests
	Most     [kinds]int // how many events of each kind
}

// Of returns the bound with these numbers of faults, of ends and of writes by others. All of them
// happen at the first six requests.
func Of(faults, ends, others int) Bound {
	return Bound{Requests: 6, Most: [kinds]int{faults, ends, others}}
}

// Script says what happens in one run. Only one goroutine may use it.
type Script struct {
	left     Bound
	planned  []int // what to pick first, in order
	picked   []pick
	requests int
}

type pick struct{ event, of int }

// Request begins the next request.
func (s *Script) Request() { s.requests++ }

// Pick returns which of n events of a kind happens at this request, from 1; 0: none.
func (s *Script) Pick(k Kind, n int) int {
	if n == 0 || s.left.Most[k] == 0 || s.requests > s.left.Requests {
		return 0
	}
	event := 0
	if i := len(s.picked); i < len(s.planned) {
		event = min(s.planned[i], n)
	}
	s.picked = append(s.picked, pick{event, n})
	if event > 0 {
		s.left.Most[k]--
	}
	return event
}

// Explore calls run with one script after the other until every schedule within the bound was
// run, or run returns false. It returns how many it ran.
//
// The schedules are a tree: what can happen at a request depends on what happened before, and
// nothing happens at a request that is not sent. So an event at the sixth request of a call of two
// is not tried: it is the same schedule as the one without it.
func Explore(b Bound, run func(*Script) bool) int {
	s := &Script{}
	for n := 1; ; n++ {
		*s = Script{left: b, planned: s.planned, picked: s.picked[:0]}
		if !run(s) {
			return n
		}
		last := len(s.picked) - 1
		for last >= 0 && s.picked[last].event == s.picked[last].of {
			last--
		}
		if last < 0 {
			return n
		}
		s.planned = s.planned[:0]
		for _, p := range s.picked[:last+1] {
			s.planned = append(s.planned, p.event)
		}
		s.planned[last]++
	}
}
