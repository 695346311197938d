package tencent

import (
	"strings"
	"testing"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/test/permissions"
)

// cam is Cloud Access Management.
func cam() permissions.Cloud {
	type statement struct {
		Effect   string   `json:"effect"`
		Action   []string `json:"action"`
		Resource []string `json:"resource"`
	}
	return permissions.Cloud{
		Cloud: cloud(), Name: string(cgw.Tencent),
		Right: func(action string) string {
			if strings.Contains(action, "ResourceTags") {
				return "tag:" + action
			}
			return "vpc:" + action
		},
		Policy: func(rights []string) any {
			return struct {
				Version   string      `json:"version"`
				Statement []statement `json:"statement"`
			}{"2.0", []statement{{"allow", rights, []string{"*"}}}}
		},
	}
}

func TestPermissionsDocument(t *testing.T) { cam().CheckDocument(t, *update) }

func TestPermissionsAreThoseInUse(t *testing.T) { cam().CheckUse(t, "ResourceInUse") }
