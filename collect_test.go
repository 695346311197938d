package cgw_test

import (
	"context"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
)

func TestCollect(t *testing.T) {
	a, b := cgw.Gateway{ID: "a"}, cgw.Gateway{ID: "b"}
	for name, tt := range map[string]struct {
		yields []cgw.Gateway
		err    error
	}{
		"none":              {},
		"some":              {yields: []cgw.Gateway{a, b}},
		"some and an error": {yields: []cgw.Gateway{a, b}, err: io.EOF},
		"only an error":     {err: io.EOF},
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			seq := func(yield func(cgw.Gateway, error) bool) {
				for _, g := range tt.yields {
					asked++
					if !yield(g, nil) {
						return
					}
				}
				if tt.err != nil && yield(cgw.Gateway{}, tt.err) {
					t.Error("Collect went on after an error")
				}
			}
			for range 2 { // an iterator of List may be ranged over again
				got, err := cgw.Collect(seq)
				require.Equal(t, tt.err, err)
				require.Equal(t, tt.yields, got)
			}
			require.Equal(t, 2*len(tt.yields), asked)
		})
	}
}

type deleter func(ctx context.Context, id string) error

func (d deleter) Delete(ctx context.Context, id string) error { return d(ctx, id) }

func TestDeleteIfExists(t *testing.T) {
	type key struct{}
	notFound := &cgw.Error{Op: cgw.OpDelete, Kind: cgw.ErrNotFound, Outcome: cgw.OutcomeNotApplied}
	inUse := &cgw.Error{Op: cgw.OpDelete, Kind: cgw.ErrInUse, Outcome: cgw.OutcomeNotApplied}
	empty := &cgw.Error{Op: cgw.OpDelete, Kind: cgw.ErrInvalidArgument, Outcome: cgw.OutcomeNotApplied}
	for name, tt := range map[string]struct{ err, want error }{
		"deleted":            {nil, nil},
		"not found":          {notFound, nil},
		"not found, wrapped": {fmt.Errorf("it: %w", notFound), nil},
		"in use":             {inUse, inUse},
		"empty ID":           {empty, empty},
		"not ours":           {io.EOF, io.EOF},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := context.WithValue(t.Context(), key{}, "value")
			calls := 0
			err := cgw.DeleteIfExists(ctx, deleter(func(c context.Context, id string) error {
				calls++
				require.Equal(t, "value", c.Value(key{}))
				require.Equal(t, "cgw-1", id)
				return tt.err
			}), "cgw-1")
			require.Equal(t, tt.want, err)
			require.Equal(t, 1, calls)
		})
	}
}
