// Package gatewayid checks the ID in a Get, an Update or a Delete.
package gatewayid

import (
	"errors"

	"github.com/cgw-go/cgw"
)

// Check adds the fault of id, if it has one, before the faults in err. err is a *cgw.ValidationError or
// nil, and so is the result. An ID has a fault if it is empty, or if cgw.Rules refuse it in a Filter.
func Check(id string, err error) error {
	fault := faultOf(id)
	if fault == nil {
		return err
	}
	all := cgw.ValidationError{Fields: []*cgw.FieldError{fault}}
	var others *cgw.ValidationError
	if errors.As(err, &others) {
		all.Fields = append(all.Fields, others.Fields...)
	}
	return all.Err()
}

// faultOf returns the fault of id, or nil.
func faultOf(id string) *cgw.FieldError {
	var found *cgw.ValidationError
	switch {
	case id == "":
		return &cgw.FieldError{Field: "ID", Reason: "is required", Kind: cgw.ErrInvalidArgument}
	case !errors.As(cgw.Rules{}.ValidateFilter(cgw.Filter{IDs: []string{id}}), &found):
		return nil
	}
	fault := found.Fields[0]
	fault.Field = "ID"
	return fault
}
