package emulator

import (
	"fmt"
	"net/netip"

	"github.com/cgw-go/cgw"
)

// CheckSeed refuses gateways that an emulator at this location cannot add to the gateways that it
// holds. without are the fields that the cloud does not have. The error is a *FieldError.
func CheckSeed(at cgw.Location, held, gateways []cgw.Gateway, without ...string) error {
	byID, byAddress := map[string]int{}, map[string]string{}
	for i, g := range gateways {
		if g.ID == "" {
			continue
		}
		if _, twice := byID[g.ID]; twice {
			return &FieldError{fmt.Sprintf("gateways[%d].id", i), g.ID + " is there twice"}
		}
		byID[g.ID] = i
	}
	for _, g := range held {
		if _, replaced := byID[g.ID]; !replaced {
			byAddress[g.IPAddress.String()] = g.ID
		}
	}
	for i, g := range gateways {
		address := g.IPAddress.Unmap()
		holder, taken := byAddress[address.String()]
		texts := map[string]string{"description": g.Description, "resourceGroupId": g.ResourceGroupID}
		for _, t := range []struct {
			wrong          bool
			field, message string
		}{
			{g.Provider != "" && g.Provider != at.Provider, "provider", "must be " + string(at.Provider)},
			{g.Region != "" && g.Region != at.Region, "region", "must be " + at.Region},
			{!address.IsValid(), "ipAddress", "is missing"},
			{address.IsValid() && !address.Is4(), "ipAddress", "must be an IPv4 address"},
			{taken, "ipAddress", address.String() + " is held by " + holder},
		} {
			if t.wrong {
				return &FieldError{fmt.Sprintf("gateways[%d].%s", i, t.field), t.message}
			}
		}
		for _, field := range without {
			if texts[field] != "" {
				return &FieldError{fmt.Sprintf("gateways[%d].%s", i, field), string(at.Provider) + " has no such field"}
			}
		}
		byAddress[address.String()] = fmt.Sprintf("gateways[%d]", i)
	}
	return nil
}

// Neutral returns the gateway with its location and its address. It leaves out an address that
// cannot be parsed, which a state may hold, and an empty map of tags.
func Neutral(at cgw.Location, g cgw.Gateway, address string) cgw.Gateway {
	g.Provider, g.Region = at.Provider, at.Region
	if ip, err := netip.ParseAddr(address); err == nil {
		g.IPAddress = ip.Unmap()
	}
	if len(g.Tags) == 0 {
		g.Tags = nil
	}
	return g
}
