package tencenttest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// listedCodes are the codes that the vendor lists for an action (the SDK for Go, vpc v1.3.115 and
// tag v1.1.0), as far as the emulator answers them by itself.
var listedCodes = map[string]string{
	create: `InvalidParameterValue.Duplicate InvalidParameterValue.TagDuplicateKey InvalidParameterValue.TagInvalidKey
		InvalidParameterValue.TagInvalidKeyLen InvalidParameterValue.TagInvalidVal InvalidParameterValue.TooLong LimitExceeded
		LimitExceeded.TagKeyPerResourceExceeded UnsupportedOperation.TagSystemReservedTagKey`,
	describe: `InvalidParameter.FilterInvalidKey InvalidParameterValue.Malformed ResourceNotFound`,
	modify:   `InvalidParameterValue.Malformed InvalidParameterValue.TooLong ResourceNotFound`,
	remove: `InvalidParameterValue.Malformed ResourceInUse ResourceNotFound
		UnsupportedOperation.RecordNotExists`,
	conns: `InvalidParameter.Coexist InvalidParameter.FilterInvalidKey InvalidParameterValue.LimitExceeded
		InvalidParameterValue.Malformed ResourceNotFound`,
	limits:  `InvalidParameterValue InvalidParameterValue.LimitExceeded`,
	vendors: ``,
	"ModifyResourceTags": `InvalidParameter.ReservedTagKey InvalidParameter.Tag InvalidParameterValue.DeleteTagsParamError
		InvalidParameterValue.ResourceDescriptionError InvalidParameterValue.TagKeyCharacterIllegal
		InvalidParameterValue.TagKeyEmpty InvalidParameterValue.TagKeyLengthExceeded
		InvalidParameterValue.TagValueCharacterIllegal InvalidParameterValue.TagValueLengthExceeded
		LimitExceeded.ResourceAttachedTags`,
	"TagResources": `InvalidParameter.ReservedTagKey InvalidParameter.Tag InvalidParameterValue.ResourceDescriptionError
		InvalidParameterValue.TagKeyCharacterIllegal InvalidParameterValue.TagKeyDuplicate InvalidParameterValue.TagKeyEmpty
		InvalidParameterValue.TagKeyLengthExceeded InvalidParameterValue.TagValueCharacterIllegal
		InvalidParameterValue.TagValueEmpty InvalidParameterValue.TagValueLengthExceeded
		LimitExceeded.ResourceNumPerRequest LimitExceeded.TagNumPerRequest`,
	"UnTagResources": `InvalidParameterValue.ResourceDescriptionError InvalidParameterValue.TagKeyDuplicate
		InvalidParameterValue.TagKeyEmpty LimitExceeded.ResourceNumPerRequest LimitExceeded.TagNumPerRequest`,
	"AttachResourcesTag": `InvalidParameter InvalidParameter.ReservedTagKey InvalidParameterValue.RegionInvalid
		InvalidParameterValue.ResourceIdInvalid InvalidParameterValue.ResourcePrefixInvalid
		InvalidParameterValue.ServiceTypeInvalid InvalidParameterValue.TagKeyCharacterIllegal
		InvalidParameterValue.TagKeyEmpty InvalidParameterValue.TagValueCharacterIllegal
		LimitExceeded.ResourceAttachedTags LimitExceeded.ResourceNumPerRequest ResourceInUse.TagKeyAttached`,
	"DetachResourcesTag": `InvalidParameterValue.RegionInvalid InvalidParameterValue.ResourceIdInvalid
		InvalidParameterValue.ResourcePrefixInvalid InvalidParameterValue.ServiceTypeInvalid
		InvalidParameterValue.TagKeyEmpty LimitExceeded.ResourceNumPerRequest
		ResourceNotFound.AttachedTagKeyNotFound`,
	"DescribeResourceTagsByResourceIds": `InvalidParameterValue.RegionInvalid InvalidParameterValue.ResourceIdInvalid
		InvalidParameterValue.ResourcePrefixInvalid InvalidParameterValue.ServiceTypeInvalid`,
	"DescribeResourceTags":    ``,
	"DescribeResourcesByTags": `InvalidParameterValue.TagFilters InvalidParameterValue.TagFiltersLengthExceeded`,
	"GetResources": `InvalidParameter InvalidParameter.PaginationTokenInvalid InvalidParameter.Tag
		InvalidParameterValue.ResourceDescriptionError InvalidParameterValue.TagKeyEmpty
		LimitExceeded.ResourceNumPerRequest LimitExceeded.TagNumPerRequest`,
}

// commonCodes are those that every action may answer (the vendor's table of common codes).
const commonCodes = "InvalidAction InvalidParameter InvalidParameterValue MissingParameter UnknownParameter"

// unlistedCodes are answered by an action that does not list them, because it lists none for the
// fault.
var unlistedCodes = map[string]string{
	// Of DescribeVpnConnections, which has the same parameters.
	describe + " InvalidParameter.Coexist":            "the SDK's text: not both",
	describe + " InvalidParameterValue.LimitExceeded": "the SDK's text: at most 100 IDs, 5 values",
	// Of other actions of the service.
	describe + " InvalidParameterValue.Range":                               "the SDK's text: Limit is at most 100",
	describe + " LimitExceeded.NumberOfFilters":                             "the SDK's text: at most 10 filters",
	"ModifyResourceTags InvalidParameterValue.TagValueEmpty":                "only if Options ask for it",
	"DescribeResourceTagsByResourceIds InvalidParameterValue.OffsetInvalid": "the SDK's text: Offset is a multiple of Limit",
	"DescribeResourceTags InvalidParameterValue.OffsetInvalid":              "the SDK's text: Offset is a multiple of Limit",
}

// requireListed fails if the vendor does not list the code for the action.
func requireListed(t *testing.T, action, code string) {
	t.Helper()
	listed, known := listedCodes[action]
	if !known || code == "" || unlistedCodes[action+" "+code] != "" {
		return
	}
	require.True(t, slices.Contains(strings.Fields(listed+" "+commonCodes), code), "%s does not list %s", action, code)
}
