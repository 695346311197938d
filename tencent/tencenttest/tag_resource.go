package tencenttest

import (
	"strings"
)

// The account that owns everything; the vendor calls its number a UIN.
const (
	accountUIN     = 100000000001
	accountSegment = "uin/100000000001"
)

// The tag service's names for a customer gateway.
const (
	serviceType    = "vpc"
	resourcePrefix = "cgw"
)

// resourceName is the six-segment name of a gateway.
func (h *handler) resourceName(id string) string {
	return strings.Join([]string{"qcs", "", serviceType, h.o.Region, accountSegment, resourcePrefix + "/" + id}, ":")
}

// gatewayID returns the ID in a six-segment name of a customer gateway of the region and the
// account. The account may be left out.
func (h *handler) gatewayID(name string) (string, *serviceError) {
	segments := strings.Split(name, ":")
	ok := len(segments) == 6 && segments[0] == "qcs" && segments[1] == "" && segments[2] == serviceType && segments[3] == h.o.Region
	if ok {
		switch segments[4] {
		case "", "uin/", accountSegment:
			if id, isGateway := strings.CutPrefix(segments[5], resourcePrefix+"/"); isGateway && id != "" {
				return id, nil
			}
		}
	}
	return "", refuse(codeResourceDescription, "%q is not of the form qcs::%s:%s:uin/ACCOUNT:%s/ID",
		name, serviceType, h.o.Region, resourcePrefix)
}

// gatewayIDs reads a list of resources.
func (h *handler) gatewayIDs(names []string) ([]string, *serviceError) {
	if len(names) > maxResources {
		return nil, refuse(codeResourceNumber, "ResourceList has more than %d values", maxResources)
	}
	ids := make([]string, len(names))
	for i, name := range names {
		id, e := h.gatewayID(name)
		if e != nil {
			return nil, e
		}
		ids[i] = id
	}
	return ids, nil
}

// ofGateways reports whether a selection of resources can hold customer gateways of the region;
// an empty part of it selects everything.
func (h *handler) ofGateways(service, prefix, region string, uin *uint64) bool {
	return (service == "" || service == serviceType) && (prefix == "" || prefix == resourcePrefix) &&
		(region == "" || region == h.o.Region) && (uin == nil || *uin == accountUIN)
}
