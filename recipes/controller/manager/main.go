// Manager runs the reconciler against a cluster: the one of the current kubeconfig, or the one
// that it runs in.
//
//	go run ./manager -name my-cluster -cloud tencent:ap-guangzhou -cloud alibaba:cn-hangzhou
//
// Credentials are those that the vendors' tools use; with -emulate the clouds are emulators in
// this process, and no account is needed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	controller "github.com/cgw-go/cgw/recipes/controller"
	"github.com/cgw-go/cgw/recipes/controller/api"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

func main() {
	if err := run(ctrl.SetupSignalHandler()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	r := &controller.Reconciler{Clouds: map[controller.Cloud]cgw.Provisioner{}}
	var clouds []controller.Cloud
	flag.StringVar(&r.Cluster, "name", "", "name of the cluster, for the owner tags; never change it")
	emulate := flag.Bool("emulate", false, "use emulators in place of the clouds")
	elect := flag.Bool("leader-elect", false, "be one of several replicas")
	flag.Func("cloud", "provider:region to look after; may be repeated", func(s string) error {
		provider, region, ok := strings.Cut(s, ":")
		if !ok || region == "" {
			return errors.New("want provider:region")
		}
		clouds = append(clouds, controller.Cloud{Provider: cgw.Provider(provider), Region: region})
		return nil
	})
	flag.Parse()
	if r.Cluster == "" || len(clouds) == 0 {
		return errors.New("-name and -cloud are required")
	}
	ctrl.SetLogger(zap.New())

	for _, c := range clouds {
		p, err := provisioner(ctx, c, *emulate)
		if err != nil {
			return fmt.Errorf("%s:%s: %w", c.Provider, c.Region, err)
		}
		r.Clouds[c] = p
	}
	config, err := ctrl.GetConfig()
	if err != nil {
		return err
	}
	scheme := runtime.NewScheme()
	if err := api.AddToScheme(scheme); err != nil {
		return err
	}
	m, err := ctrl.NewManager(config, ctrl.Options{
		Scheme: scheme, LeaderElection: *elect, LeaderElectionID: "customergateways." + api.Group, LeaderElectionNamespace: os.Getenv("POD_NAMESPACE"),
	})
	if err != nil {
		return err
	}
	r.Client = m.GetClient()
	if err := r.SetupWithManager(m); err != nil {
		return err
	}
	return m.Start(ctx)
}

// provisioner returns the provisioner of a cloud. It lives as long as the process.
func provisioner(ctx context.Context, c controller.Cloud, emulate bool) (cgw.Provisioner, error) {
	switch {
	case c.Provider == cgw.Tencent && emulate:
		return tencent.New(tencenttest.NewServer(tencenttest.Options{Region: c.Region}).Config())
	case c.Provider == cgw.Alibaba && emulate:
		return alibaba.New(alibabatest.NewServer(alibabatest.Options{Region: c.Region}).Config())
	case c.Provider == cgw.Tencent:
		credentials, err := tencent.DefaultCredentials(ctx)
		if err != nil {
			return nil, err
		}
		return tencent.New(tencent.Config{Region: c.Region, Credentials: credentials})
	case c.Provider == cgw.Alibaba:
		credentials, err := alibaba.DefaultCredentials(ctx)
		if err != nil {
			return nil, err
		}
		return alibaba.New(alibaba.Config{Region: c.Region, Credentials: credentials})
	default:
		return nil, errors.New("no such provider")
	}
}
