// The figures program measures cgw beside the vendors' own SDKs, on emulators that run in
// processes of their own, and prints a table. Times are ratios within one run: they hold on any
// machine, best on one that does nothing else. It runs inside the module, with the go command
// at hand.
//
//	go run ./bench/figures           # all, in about five minutes
//	go run ./bench/figures -only serial,concurrent
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/bench/internal/measure"
)

// row is one figure of one cloud.
type row struct {
	what, cloud, value, goal string
	met                      bool
}

// figure measures something on a cloud.
type figure struct {
	name    string
	measure func(cgw.Provider) ([]row, error)
}

var figures = []figure{
	{"serial", serial},
	{"concurrent", concurrent},
	{"allocations", allocations},
	{"listing", listing},
	{"flight", flight},
	{"paced", paced},
	{"build", build},
}

func main() {
	measure.Serve()
	names := make([]string, len(figures))
	for i, f := range figures {
		names[i] = f.name
	}
	only := flag.String("only", strings.Join(names, ","), "the figures to measure")
	flag.Parse()
	if err := run(strings.Split(*only, ",")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run prints the figures as they come, so that a long run shows that it lives.
func run(names []string) error {
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "FIGURE\tCLOUD\tSEEN\tGOAL\t")
	for _, f := range figures {
		if !slices.Contains(names, f.name) {
			continue
		}
		fmt.Fprintln(os.Stderr, "measuring:", f.name)
		for _, p := range []cgw.Provider{cgw.Tencent, cgw.Alibaba} {
			rows, err := f.measure(p)
			if err != nil {
				return fmt.Errorf("%s on %s: %w", f.name, p, err)
			}
			for _, r := range rows {
				verdict := ""
				if !r.met {
					verdict = "MISSED"
				}
				fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\n", r.what, r.cloud, r.value, r.goal, verdict)
			}
		}
	}
	return out.Flush()
}
