package controller

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/recipes/controller/api"
)

const owner = "test/default/berlin"

var (
	key    = client.ObjectKey{Namespace: "default", Name: "berlin"}
	region = Cloud{cgw.Tencent, "ap-guangzhou"}
)

// berlin returns the resource that most tests apply.
func berlin() *api.CustomerGateway {
	return &api.CustomerGateway{
		ObjectMeta: metav1.ObjectMeta{Namespace: key.Namespace, Name: key.Name, Generation: 1},
		Spec: api.CustomerGatewaySpec{
			Provider: region.Provider, Region: region.Region,
			IPAddress: "203.0.113.7", Name: "branch-berlin", ASN: 65010, Tags: map[string]string{"site": "berlin"},
		},
	}
}

// bench is a cluster in memory with a reconciler.
type bench struct {
	*Reconciler
	t       *testing.T
	cluster client.WithWatch
}

func newBench(t *testing.T, p cgw.Provisioner, funcs interceptor.Funcs) bench {
	scheme := runtime.NewScheme()
	require.NoError(t, api.AddToScheme(scheme))
	cluster := fake.NewClientBuilder().WithScheme(scheme).WithStatusSubresource(&api.CustomerGateway{}).Build()
	r := &Reconciler{
		Client: interceptor.NewClient(cluster, funcs), Cluster: "test", Clouds: map[Cloud]cgw.Provisioner{region: p},
	}
	return bench{r, t, cluster}
}

func (b bench) apply(g *api.CustomerGateway) {
	require.NoError(b.t, b.cluster.Create(b.t.Context(), g))
}

// edit changes the resource, and its generation as a real cluster does.
func (b bench) edit(change func(*api.CustomerGateway)) {
	g := b.resource()
	change(g)
	g.Generation++
	require.NoError(b.t, b.cluster.Update(b.t.Context(), g))
}

func (b bench) delete() {
	require.NoError(b.t, b.cluster.Delete(b.t.Context(), b.resource()))
}

func (b bench) reconcile() (ctrl.Result, error) {
	return b.Reconcile(b.t.Context(), ctrl.Request{NamespacedName: key})
}

func (b bench) resource() *api.CustomerGateway {
	var g api.CustomerGateway
	require.NoError(b.t, b.cluster.Get(b.t.Context(), key, &g))
	return &g
}

func (b bench) gone() bool {
	return apierrors.IsNotFound(b.cluster.Get(b.t.Context(), key, new(api.CustomerGateway)))
}

func (b bench) ready() metav1.Condition {
	c := meta.FindStatusCondition(b.resource().Status.Conditions, api.Ready)
	require.NotNil(b.t, c)
	return *c
}

// gateways returns what the cloud has, by a Provisioner without faults.
func gateways(t *testing.T, p cgw.Lister) []cgw.Gateway {
	all, err := cgw.Collect(p.List(context.Background(), cgw.Filter{}))
	require.NoError(t, err)
	return all
}

func later(d time.Duration) func() time.Time { return func() time.Time { return time.Now().Add(d) } }
