package alibaba

import (
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/providertest"
)

var update = flag.Bool("update", false, "write this package's section of docs/errors.md")

func TestCodes(t *testing.T) { providertest.Codes(t, cgw.Alibaba, codes, *update) }

// TestSDKDeclaresNoCodes notices when the SDK begins to list the codes of its operations.
func TestSDKDeclaresNoCodes(t *testing.T) {
	const sdk = "github.com/alibabacloud-go/vpc-20160428/v7/client"
	for _, action := range []string{
		"create_customer_gateway", "describe_customer_gateway", "describe_customer_gateways",
		"modify_customer_gateway_attribute", "delete_customer_gateway", "tag_resources", "un_tag_resources",
	} {
		for _, kind := range []string{"_request_model.go", "_response_body_model.go"} {
			text, err := os.ReadFile(providertest.SDKFile(t, sdk, action+kind))
			require.NoError(t, err)
			for _, name := range []string{"QuotaFull", "AlreadyExist", "InvalidName", "SubUser", "NotFound"} {
				require.NotContains(t, string(text), name, "decide on the codes of %s", action)
			}
		}
	}
}
