package tencent

import (
	"regexp"
	"slices"
	"strings"

	"github.com/cgw-go/cgw/internal/configcheck"
)

// site is one of the vendor's sites: the hosts of the VPC API and of the tag service, without the
// root domain. {region} stands for a region and {finance} for a finance region. An empty tag: the
// tag host is not known.
type site struct{ vpc, tag, source string }

// sites are the vendor's sites; the first match counts. The tag service has no hosts for single
// regions: its documents name none, and its requests need no Region.
var sites = []site{
	{"vpc.intl", "tag.intl", "tencentcloud.com document 215/15757 and 651/37829 (2025-10-30)"},
	{"vpc", "tag", "cloud.tencent.com document 215/15757 and 651/33022"},
	{"vpc.internal", "tag.internal", "no document: for machines in the cloud, as TencentBlueKing/bk-bcs has both"},
	{"vpc.{finance}", "", "document 215: \"isolated and not interconnected\"; no tag host is documented"},
	{"vpc.{region}", "tag", "tencentcloud.com document 215/15757"},
	{"vpc.internal.{region}", "tag.internal", "no document: the vendor's SDK for Java knows the form"},
	{"vpc.intl.{region}", "tag.intl", "no document: as the others"},
	{"vpc.{region}.intl", "tag.intl", "no document: as the others"},
}

// roots are the root domains. The vendor's SDK for Java treats the second and the third like the
// first.
var roots = []string{".tencentcloudapi.com", ".tencentcloudapi.cn", ".tencentcloudapi.com.cn"}

var (
	financeRegion = regexp.MustCompile(`^[a-z]{2}-[a-z]+-fsi$`)
	plainRegion   = regexp.MustCompile(`^[a-z]{2}-[a-z]+$`)
)

// endpoints returns the scheme, and the hosts of the VPC API and of the tag service. It refuses
// hosts that contradict each other, and a Config whose tag host is not known.
func endpoints(check *configcheck.Checker, cfg Config) (scheme, host, tagHost string) {
	scheme, host = check.Endpoint("Endpoint", cfg.Endpoint)
	tagScheme, tagHost := check.Endpoint("TagEndpoint", cfg.TagEndpoint)
	if scheme == "" || tagScheme == "" {
		return "", "", "" // refused
	}
	host, tagHost = strings.ToLower(host), strings.ToLower(tagHost)
	if host == "" {
		host = IntlEndpoint
	}
	if fault := siteFault(host, cfg.Region); fault != "" {
		check.Refuse("Endpoint", host, fault)
	}
	switch {
	case tagHost == "":
		if tagHost = tagHostOf(host); tagHost == "" {
			check.Refuse("TagEndpoint", "", "is needed: the tag service's host for "+host+" is not known")
		}
	case tagScheme != scheme:
		check.Refuse("TagEndpoint", tagHost, "must have the scheme of Endpoint")
	}
	return scheme, host, tagHost
}

// tagHostOf returns the host of the tag service for a host of the VPC API: that of the same site.
// If the host is not the vendor's, such as a proxy or an emulator, it is the same host. It is empty
// if the host is the vendor's and its tag host is not known.
func tagHostOf(host string) string {
	name, port := host, ""
	if i := strings.LastIndexByte(host, ':'); i >= 0 {
		name, port = host[:i], host[i:]
	}
	for _, root := range roots {
		prefix, ok := strings.CutSuffix(name, root)
		if !ok {
			continue
		}
		for _, s := range sites {
			if s.tag != "" && fits(s.vpc, prefix) {
				return s.tag + root + port
			}
		}
		return ""
	}
	return host
}

// fits reports whether a host has the form. It compares label by label.
func fits(form, host string) bool {
	want, have := strings.Split(form, "."), strings.Split(host, ".")
	if len(want) != len(have) {
		return false
	}
	for i, label := range want {
		switch {
		case label == "{finance}" && financeRegion.MatchString(have[i]):
		case label == "{region}" && plainRegion.MatchString(have[i]):
		case label != have[i]:
			return false
		}
	}
	return true
}

// siteFault says what is wrong with a host of the VPC API for a region; "": nothing. Finance
// regions are isolated from the others, so a host of one does not serve another region.
func siteFault(host, region string) string {
	name, _, _ := strings.Cut(host, ":")
	for _, root := range roots {
		prefix, ok := strings.CutSuffix(name, root)
		labels := strings.Split(prefix, ".")
		at := slices.IndexFunc(labels, financeRegion.MatchString)
		switch {
		case !ok || slices.Contains(labels, region):
		case financeRegion.MatchString(region):
			return "must be vpc." + region + root + ": a finance region has hosts of its own, so set TagEndpoint too"
		case at >= 0:
			return "is that of the finance region " + labels[at] + " alone"
		}
	}
	return ""
}
