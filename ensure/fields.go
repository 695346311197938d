package ensure

import "time"

// The names of the fields of cgw.CreateRequest as cgw.FieldError.Field and Change.Field have them.
const (
	fieldIPAddress       = "IPAddress"
	fieldName            = "Name"
	fieldDescription     = "Description"
	fieldASN             = "ASN"
	fieldTags            = "Tags"
	fieldResourceGroupID = "ResourceGroupID"
	fieldAuthKey         = "AuthKey"
	fieldClientToken     = "ClientToken"
)

// The reads of something that is not visible yet start at minPoll apart and double up to maxPoll.
const (
	minPoll = 250 * time.Millisecond
	maxPoll = 5 * time.Second
)
