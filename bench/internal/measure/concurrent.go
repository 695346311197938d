package measure

import "github.com/cgw-go/cgw"

// creators is how many goroutines create at a time.
const creators = 64

// Peer is a way to use an SDK, and the work to compare it on: rounds of so many creates.
type Peer struct {
	Name               string
	Make               func(p cgw.Provider, url string) (Client, error)
	operations, rounds int
}

// Peers returns what the throughput of cgw is measured beside. The SDKs' default clients open a
// connection for nearly every request of a concurrent program, so they get less to do.
func Peers() []Peer {
	return []Peer{{"ideal pool", Ideal, 1000, 21}, {"default client", Default, 640, 3}}
}

// Rates is how many creates a second each of two clients made.
type Rates struct{ Raw, CGW float64 }

// Compare measures the throughput of the two in turns. The first round, which opens
// connections, is left out.
func Compare(e *Emulator, raw, ours Client, p Peer) ([]Rates, error) {
	var all []Rates
	for n := range p.rounds + 1 {
		var rates [2]float64
		for turn := range rates {
			i := (turn + n) % len(rates)
			var err error
			if rates[i], err = Throughput(e, []Client{raw, ours}[i], p.operations); err != nil {
				return nil, err
			}
		}
		if n > 0 {
			all = append(all, Rates{rates[0], rates[1]})
		}
	}
	return all, nil
}

// RateRatio returns the median of cgw's throughput over the raw SDK's.
func RateRatio(rates []Rates) float64 {
	return median(rates, func(r Rates) float64 { return r.CGW / r.Raw })
}
