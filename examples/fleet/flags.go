package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/cgw-go/cgw"
)

// options holds the flags, the input and the outputs of the program.
type options struct {
	file, state, planFile, applyFile string
	owner                            string   // -owner: of an export without a file
	regions                          []target // -region: the same
	allow                            permissions
	dryRun, export                   bool
	yes, json, live                  bool
	perTarget, total                 int
	stdin                            io.Reader
	stdout, stderr                   io.Writer
	terminal                         terminal // of stdout
}

func (o *options) parse(args []string) error {
	flags := flag.NewFlagSet("fleet", flag.ContinueOnError)
	flags.SetOutput(o.stderr)
	flags.Usage = func() {
		fmt.Fprintln(o.stderr, "usage: fleet [flags] FILE\n       fleet -export [-live] -owner NAME -region CLOUD/REGION ...")
		flags.PrintDefaults()
	}
	flags.BoolVar(&o.dryRun, "dry-run", false, "show the plan and end: exit code 3 if there are changes to make")
	flags.StringVar(&o.planFile, "plan", "", "as -dry-run, and write the plan to the JSON `file`, for -apply")
	flags.StringVar(&o.applyFile, "apply", "", "carry out the plan of the JSON `file`, which -plan wrote for the same FILE")
	flags.BoolVar(&o.export, "export", false, "write the gateways that exist in the regions of FILE, or of -region, as a file of sites")
	flags.StringVar(&o.owner, "owner", "", "-export without FILE: the owner of the new file")
	flags.Func("region", "-export without FILE: a `cloud/region`, such as tencent/ap-guangzhou; may be repeated", o.addRegion)
	flags.Func("adopt", `take over gateways of these `+"`owners`"+`: "unowned", or names with commas`, func(s string) error {
		for owner := range strings.SplitSeq(s, ",") {
			if owner == "" {
				return errors.New(`an empty owner: write "unowned"`)
			}
			o.allow.adopt.add(owner)
		}
		return nil
	})
	flags.BoolVar(&o.allow.prune, "prune", false, "delete the owner's gateways that the file does not have")
	flags.BoolVar(&o.allow.pruneAll, "prune-all", false, "allow -prune for a target without sites")
	flags.BoolVar(&o.allow.replace, "replace", false, "delete and create anew if a field cannot be changed otherwise")
	flags.BoolVar(&o.yes, "yes", false, "do not ask")
	flags.BoolVar(&o.json, "json", false, "write JSON; wants -yes, -dry-run or -plan")
	flags.BoolVar(&o.live, "live", false, "work on the clouds, with the credentials that the file names")
	flags.StringVar(&o.state, "state", "", "JSON `file` that keeps the emulators' state from run to run")
	flags.IntVar(&o.perTarget, "per-target", 0, "operations in flight in one region; 0: 8")
	flags.IntVar(&o.total, "total", 0, "operations in flight in all; 0: 64")
	if err := flags.Parse(args); err != nil {
		return usageError{err}
	}
	if err := o.check(flags.NArg()); err != nil {
		return inputError{err}
	}
	o.file = flags.Arg(0)
	return nil
}

// check refuses flags that contradict each other.
func (o *options) check(files int) error {
	modes := 0
	for _, on := range []bool{o.dryRun, o.export, o.planFile != "", o.applyFile != ""} {
		if on {
			modes++
		}
	}
	regions := len(o.regions) > 0
	for _, rule := range []struct {
		broken bool
		text   string
	}{
		{files != 1 && !(regions && files == 0), "give one FILE of sites, after the flags"},
		{modes > 1, "-dry-run, -plan, -apply and -export: choose one"},
		{regions && !o.export, "-region is for -export"},
		{regions != (o.owner != ""), "-region and -owner belong together"},
		{o.json && !o.yes && !o.dryRun && o.planFile == "", "-json asks nothing: it wants -yes, -dry-run or -plan"},
		{o.live && o.state != "", "-state is for the emulators, not for -live"},
		{o.perTarget < 0 || o.total < 0, "-per-target and -total must not be negative"},
	} {
		if rule.broken {
			return errors.New(rule.text)
		}
	}
	return nil
}

func (o *options) addRegion(s string) error {
	cloud, region, ok := strings.Cut(s, "/")
	if _, known := cloudRules(cgw.Provider(cloud), cgw.Documented); !ok || !known || region == "" {
		return fmt.Errorf("must be %s/REGION or %s/REGION", cgw.Tencent, cgw.Alibaba)
	}
	o.regions = append(o.regions, target{name: cloud + "-" + region, cloud: cgw.Provider(cloud), region: region})
	return nil
}
