// Package controller is a Kubernetes reconciler of customer gateways, written with cgw and
// controller-runtime: a starting point for an operator of one's own.
package controller

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"
	"unicode"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/predicate"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/ensure"
	"github.com/cgw-go/cgw/recipes/controller/api"
)

// Cloud names a region of a provider.
type Cloud struct {
	Provider cgw.Provider
	Region   string
}

// Reconciler makes the gateways of CustomerGateway resources exist, as specified, and deletes
// them again. All fields are set before it is used.
type Reconciler struct {
	// Client reads and writes the cluster.
	Client client.Client
	// Clouds are what resources may refer to.
	Clouds map[Cloud]cgw.Provisioner
	// Cluster is the first part of each owner tag, "cluster/namespace/name": what tells the
	// gateways of one cluster from those of another. It has to stay the same for ever.
	Cluster string
	// Resync is how often a gateway that is as it should be is compared again, so that what
	// others changed in the cloud is fixed; and how often what somebody has to fix outside
	// the cluster is tried again. 0: 10 minutes.
	Resync time.Duration
	// Settle is how long reads of a cloud may lag behind its writes: for so long after a
	// resource was deleted, a gateway that is not to be found is not believed to be absent. 0:
	// 30 seconds.
	Settle time.Duration
	// Now is the clock. Nil: time.Now.
	Now func() time.Time
}

// SetupWithManager has the manager run the Reconciler. Its own writes to a status do not start
// it again.
func (r *Reconciler) SetupWithManager(m ctrl.Manager) error {
	return ctrl.NewControllerManagedBy(m).
		For(&api.CustomerGateway{}, builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		Complete(r)
}

// Reconcile implements reconcile.Reconciler.
func (r *Reconciler) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	var g api.CustomerGateway
	if err := r.Client.Get(ctx, req.NamespacedName, &g); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if g.DeletionTimestamp.IsZero() {
		return r.ensure(ctx, &g)
	}
	if !controllerutil.ContainsFinalizer(&g, api.Finalizer) {
		return ctrl.Result{}, nil
	}
	return r.remove(ctx, &g)
}

// ensure makes the gateway as specified.
func (r *Reconciler) ensure(ctx context.Context, g *api.CustomerGateway) (ctrl.Result, error) {
	p, err := r.cloud(g)
	if err != nil {
		return r.settle(ctx, g, "", err)
	}
	address, err := netip.ParseAddr(g.Spec.IPAddress)
	if err != nil {
		return r.settle(ctx, g, "", invalidAddress(g, err))
	}
	spec := cgw.CreateRequest{IPAddress: address, Name: g.Spec.Name, ASN: g.Spec.ASN, Tags: g.Spec.Tags}
	opts := ensure.Options{Owner: r.owner(g)}
	if err := r.hold(ctx, p, spec, opts, g); err != nil {
		var cluster clusterError
		if errors.As(err, &cluster) {
			return ctrl.Result{}, cluster.error
		}
		return r.settle(ctx, g, "", err)
	}
	done, err := ensure.Gateway(ctx, p, spec, opts)
	if err == nil && done.Action != ensure.Unchanged {
		ctrl.LoggerFrom(ctx).Info("customer gateway "+string(done.Action), "id", logged(done.Gateway.ID), "changes", logged(fmt.Sprint(done.Changes)))
	}
	return r.settle(ctx, g, done.Gateway.ID, err)
}

// logged returns a text of the cloud for a log record: one line of at most 256 characters.
func logged(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	return fmt.Sprintf("%.256s", text)
}

// hold adds the finalizer before anything is written to the cloud, or a gateway could outlive its
// resource. It does not before the cloud was read, and not if there is no gateway and cannot be
// one: nothing would ever take that finalizer away if the region does not exist.
func (r *Reconciler) hold(ctx context.Context, p cgw.Provisioner, spec cgw.CreateRequest, opts ensure.Options, g *api.CustomerGateway) error {
	if controllerutil.ContainsFinalizer(g, api.Finalizer) {
		return nil
	}
	plan, err := ensure.NewPlan(ctx, ensure.Target{Provisioner: p, Specs: []cgw.CreateRequest{spec}}, opts)
	if err != nil {
		return err
	}
	if step := plan.Steps[0]; step.Kind == ensure.StepUnsupported && step.Gateway.ID == "" {
		return nil // Gateway will say why, and writes nothing
	}
	old := g.DeepCopy()
	controllerutil.AddFinalizer(g, api.Finalizer)
	lock := client.MergeFromWithOptions(old, client.MergeFromWithOptimisticLock{})
	if err := r.Client.Patch(ctx, g, lock); err != nil {
		return clusterError{err}
	}
	return nil
}

// clusterError is an error of the cluster, which says nothing about the gateway.
type clusterError struct{ error }

func (e clusterError) Unwrap() error { return e.error }

// settle records how an Ensure or a Delete ended, and says when to come back. An empty ID
// leaves the one that is on record.
func (r *Reconciler) settle(ctx context.Context, g *api.CustomerGateway, id string, err error) (ctrl.Result, error) {
	if ctx.Err() != nil { // the manager stops: nothing is known, and the status could not be written
		return ctrl.Result{}, ctx.Err()
	}
	v := judge(err)
	if err := r.record(ctx, g, id, v); err != nil {
		return ctrl.Result{}, err
	}
	result, failed := v.result(orDefault(r.Resync, 10*time.Minute))
	if err != nil && failed == nil { // one that is returned is logged by controller-runtime
		ctrl.LoggerFrom(ctx).Info("customer gateway is not as specified", "reason", v.reason, "error", v.message(), "again", result.RequeueAfter)
	}
	return result, failed
}

// record writes the status, if it is another one.
func (r *Reconciler) record(ctx context.Context, g *api.CustomerGateway, id string, v verdict) error {
	old := g.DeepCopy()
	if id != "" {
		g.Status.ID = id
	}
	g.Status.ObservedGeneration = g.Generation
	status := metav1.ConditionFalse
	if v.err == nil {
		status = metav1.ConditionTrue
	}
	meta.SetStatusCondition(&g.Status.Conditions, metav1.Condition{
		Type: api.Ready, Status: status, ObservedGeneration: g.Generation,
		Reason: v.reason, Message: v.message(),
	})
	if equality.Semantic.DeepEqual(old.Status, g.Status) {
		return nil
	}
	return r.Client.Status().Patch(ctx, g, client.MergeFrom(old))
}

func (r *Reconciler) cloud(g *api.CustomerGateway) (cgw.Provisioner, error) {
	c := Cloud{g.Spec.Provider, g.Spec.Region}
	if p := r.Clouds[c]; p != nil {
		return p, nil
	}
	return nil, unknownCloudError{c}
}

func (r *Reconciler) owner(g *api.CustomerGateway) string {
	return r.Cluster + "/" + g.Namespace + "/" + g.Name
}

func (r *Reconciler) now() time.Time {
	if r.Now == nil {
		return time.Now()
	}
	return r.Now()
}

func orDefault(d, standard time.Duration) time.Duration {
	if d == 0 {
		return standard
	}
	return d
}
