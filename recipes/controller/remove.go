package controller

import (
	"context"
	"errors"
	"net/netip"
	"time"

	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/recipes/controller/api"
)

// remove deletes the gateway of a resource, and lets the resource go when there is none. While
// a VPN connection uses the gateway the finalizer stays, and the condition says so.
func (r *Reconciler) remove(ctx context.Context, g *api.CustomerGateway) (ctrl.Result, error) {
	p, err := r.cloud(g)
	if err != nil {
		return r.settle(ctx, g, "", err)
	}
	ids, err := r.owned(ctx, p, g)
	if err != nil {
		return r.settle(ctx, g, "", err)
	}
	for _, id := range ids {
		if err := cgw.DeleteIfExists(ctx, p, id); err != nil {
			return r.settle(ctx, g, id, err)
		}
	}
	// A create whose reply was lost, or that a crash hid, may not show in reads yet.
	if left := orDefault(r.Settle, 30*time.Second) - r.now().Sub(g.DeletionTimestamp.Time); len(ids) == 0 && left > 0 {
		return ctrl.Result{RequeueAfter: left}, nil
	}
	old := g.DeepCopy()
	controllerutil.RemoveFinalizer(g, api.Finalizer)
	lock := client.MergeFromWithOptions(old, client.MergeFromWithOptimisticLock{})
	return ctrl.Result{}, client.IgnoreNotFound(r.Client.Patch(ctx, g, lock))
}

// owned returns the IDs of the gateways to delete: the one on record, unless it has another
// owner by now, and any at the address that has the owner tag, for an ID that was never
// recorded.
func (r *Reconciler) owned(ctx context.Context, p cgw.Provisioner, g *api.CustomerGateway) ([]string, error) {
	var ids []string
	if g.Status.ID != "" {
		have, err := p.Get(ctx, g.Status.ID)
		switch {
		case err == nil && have.Tags[ensure.DefaultOwnerKey] == r.owner(g):
			ids = append(ids, have.ID)
		case errors.Is(err, cgw.ErrNotFound): // gone, or not shown yet: a delete sees the truth
			ids = append(ids, g.Status.ID)
		case err != nil:
			return nil, err
		}
	}
	address, err := netip.ParseAddr(g.Spec.IPAddress)
	if err != nil {
		return ids, nil // there never was a gateway
	}
	ours := cgw.Filter{IPAddress: address, Tags: map[string]string{ensure.DefaultOwnerKey: r.owner(g)}}
	for have, err := range p.List(ctx, ours) {
		if err != nil {
			return nil, err
		}
		if have.ID != g.Status.ID {
			ids = append(ids, have.ID)
		}
	}
	return ids, nil
}
