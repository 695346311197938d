package cgw

import (
	"context"
	"errors"
	"iter"
)

// Collect gathers what an iterator of [Lister] yields. On an error it returns the gateways
// yielded before it, and the error.
func Collect(seq iter.Seq2[Gateway, error]) ([]Gateway, error) {
	var all []Gateway
	for g, err := range seq {
		if err != nil {
			return all, err
		}
		all = append(all, g)
	}
	return all, nil
}

// DeleteIfExists deletes the gateway. It returns nil if the gateway does not exist. Other errors
// are those of [Deleter], also for an ID that [Getter] refuses.
func DeleteIfExists(ctx context.Context, d Deleter, id string) error {
	err := d.Delete(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
