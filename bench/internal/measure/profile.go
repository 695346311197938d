package measure

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"time"
)

// Shares say whose code a CPU profile found running, as parts of 1. Code of the standard
// library counts as that of the code that called it; net/http and what lies below it is apart,
// as the raw SDKs run it too.
type Shares struct{ CGW, SDK, HTTP, Rest float64 }

// Profile profiles so many operations.
func Profile(e *Emulator, c Client, work Work, operations int) (Shares, error) {
	do, err := work(c, e)
	if err != nil {
		return Shares{}, err
	}
	dir, err := os.MkdirTemp("", "cgw-bench")
	if err != nil {
		return Shares{}, err
	}
	defer os.RemoveAll(dir)
	file, err := os.Create(filepath.Join(dir, "cpu"))
	if err != nil {
		return Shares{}, err
	}
	defer file.Close()
	if err := pprof.StartCPUProfile(file); err != nil {
		return Shares{}, err
	}
	for range operations {
		if err = do(); err != nil {
			break
		}
	}
	pprof.StopCPUProfile()
	if err != nil {
		return Shares{}, err
	}
	traces, err := exec.Command("go", "tool", "pprof", "-traces", "-unit=ns", file.Name()).Output()
	return share(traces), err
}

// owners are told by the innermost function that has one of the prefixes.
var owners = []struct {
	prefix string
	of     func(*Shares) *float64
}{
	{"net/http.", func(s *Shares) *float64 { return &s.HTTP }},
	{"crypto/tls.", func(s *Shares) *float64 { return &s.HTTP }},
	{"vendor/golang.org/x/net", func(s *Shares) *float64 { return &s.HTTP }},
	{Module + "/bench", func(s *Shares) *float64 { return &s.Rest }},
	{Module, func(s *Shares) *float64 { return &s.CGW }},
	{"github.com/", func(s *Shares) *float64 { return &s.SDK }},
}

// share reads what pprof prints with -traces: stacks, innermost function first, apart by lines
// of dashes; the first line of each begins with the time.
func share(traces []byte) Shares {
	var s Shares
	var total float64
	to, took := (*float64)(nil), 0.0
	flush := func() {
		if to == nil {
			to = &s.Rest
		}
		*to += took
		total += took
		to, took = nil, 0
	}
	for lines := bufio.NewScanner(bytes.NewReader(traces)); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 {
			continue
		}
		if strings.HasPrefix(fields[0], "-----") {
			flush()
			continue
		}
		if d, err := time.ParseDuration(fields[0]); err == nil && len(fields) > 1 {
			took, fields = float64(d), fields[1:]
		}
		if took == 0 || to != nil {
			continue
		}
		for _, o := range owners {
			if strings.HasPrefix(fields[0], o.prefix) {
				to = o.of(&s)
				break
			}
		}
	}
	flush()
	for _, part := range []*float64{&s.CGW, &s.SDK, &s.HTTP, &s.Rest} {
		if total > 0 {
			*part /= total
		}
	}
	return s
}
