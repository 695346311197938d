package alibaba

import (
	"slices"
	"strings"
	"testing"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/test/permissions"
)

// ram is Resource Access Management. Its documents name the resource of each action but those of
// tags.
func ram() permissions.Cloud {
	type statement struct {
		Effect, Resource string
		Action           []string
	}
	return permissions.Cloud{
		Cloud: cloud(), Name: string(cgw.Alibaba),
		Right: func(action string) string { return "vpc:" + action },
		Policy: func(rights []string) any {
			policy := struct {
				Version   string
				Statement []statement
			}{Version: "1"}
			for _, of := range []struct{ word, resource string }{
				{"CustomerGateway", "acs:vpc:*:*:customergateway/*"},
				{"VpnConnection", "acs:vpc:*:*:vpnconnection/*"},
				{"TagResources", "*"},
			} {
				some := slices.DeleteFunc(slices.Clone(rights), func(r string) bool { return !strings.Contains(r, of.word) })
				if len(some) > 0 {
					policy.Statement = append(policy.Statement, statement{"Allow", of.resource, some})
				}
			}
			return policy
		},
	}
}

func TestPermissionsDocument(t *testing.T) { ram().CheckDocument(t, *update) }

func TestPermissionsAreThoseInUse(t *testing.T) {
	ram().CheckUse(t, "DependencyViolation.VpnConnection")
}
