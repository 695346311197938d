// Demo shows the life of a CustomerGateway without a cluster or an account: the cluster is
// controller-runtime's client for tests, the cloud an emulator in this process.
//
//	go run ./demo
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/cgw-go/cgw"
	controller "github.com/cgw-go/cgw/recipes/controller"
	"github.com/cgw-go/cgw/recipes/controller/api"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

func main() {
	ctrl.SetLogger(ctrl.Log.WithSink(nil))
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run goes through the steps. Each changes the resource or the cloud, and reconciles once.
func run(ctx context.Context, out io.Writer) error {
	server := tencenttest.NewServer(tencenttest.Options{})
	defer server.Close()
	cloud, err := tencent.New(server.Config())
	if err != nil {
		return err
	}
	defer cloud.Close()

	scheme := runtime.NewScheme()
	if err := api.AddToScheme(scheme); err != nil {
		return err
	}
	cluster := fake.NewClientBuilder().WithScheme(scheme).WithStatusSubresource(&api.CustomerGateway{}).Build()
	r := &controller.Reconciler{
		Client: cluster, Cluster: "demo",
		Clouds: map[controller.Cloud]cgw.Provisioner{{Provider: cgw.Tencent, Region: tencenttest.DefaultRegion}: cloud},
	}
	g := &api.CustomerGateway{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "berlin"},
		Spec: api.CustomerGatewaySpec{
			Provider: cgw.Tencent, Region: tencenttest.DefaultRegion,
			IPAddress: "203.0.113.7", Name: "branch-berlin", ASN: 65010,
		},
	}
	key := client.ObjectKeyFromObject(g)
	var connection string
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"apply", func() error { return cluster.Create(ctx, g) }},
		{"nothing changed", func() error { return nil }},
		{"edit the ASN", func() error { g.Spec.ASN = 65020; return cluster.Update(ctx, g) }},
		{"an ASN that the cloud keeps for itself", func() error { g.Spec.ASN = 45090; return cluster.Update(ctx, g) }},
		{"delete, while a VPN connection uses it", func() error {
			connection = server.AddConnection(g.Status.ID)
			return cluster.Delete(ctx, g)
		}},
		{"the connection is gone", func() error { server.RemoveConnection(connection); return nil }},
	} {
		if err := step.do(); err != nil {
			return err
		}
		result, err := r.Reconcile(ctx, ctrl.Request{NamespacedName: key})
		again := fmt.Sprint("in ", result.RequeueAfter)
		switch {
		case errors.Is(err, reconcile.TerminalError(nil)):
			again = "never, until it is changed"
		case err != nil:
			return err
		}
		fmt.Fprintf(out, "%s\n", step.name)
		err = cluster.Get(ctx, key, g)
		if apierrors.IsNotFound(err) {
			fmt.Fprintf(out, "  the resource is gone; gateways left in the cloud: %d\n", len(server.Gateways()))
			continue
		}
		if err != nil {
			return err
		}
		for _, c := range g.Status.Conditions {
			fmt.Fprintf(out, "  %s=%s %s, again %s %s\n", c.Type, c.Status, c.Reason, again, c.Message)
		}
	}
	return nil
}
