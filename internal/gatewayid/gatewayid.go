// Package gatewayid checks the ID that a Get, an Update or a Delete is given.
package gatewayid

import (
	"errors"

	"github.com/cgw-go/cgw"
)

// Check returns err, a *cgw.ValidationError or nil, with the fault of id before those of err. An ID is
// at fault if cgw.Rules refuse it in a Filter.
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
