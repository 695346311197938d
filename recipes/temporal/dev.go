package main

import (
	"context"
	"fmt"
	"io"

	"go.temporal.io/server/temporaltest"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

// runDev ensures the fleet twice, on what ends with it: a Temporal server with its store in
// memory, and emulated clouds. Leave this file out of a program of your own, and with it the
// dependency on the server.
func runDev(ctx context.Context, o options, out io.Writer) error {
	tc := tencenttest.NewServer(tencenttest.Options{})
	defer tc.Close()
	ali := alibabatest.NewServer(alibabatest.Options{})
	defer ali.Close()
	tp, err := tencent.New(tc.Config())
	if err != nil {
		return err
	}
	ap, err := alibaba.New(ali.Config())
	if err != nil {
		return err
	}
	server := temporaltest.NewServer()
	defer server.Stop()
	o.server, o.namespace = server.GetFrontendHostPort(), server.GetDefaultNamespace()

	c, err := o.dial()
	if err != nil {
		return err
	}
	defer c.Close()
	stop, err := startWorkers(c, &Activities{Targets: map[string]cgw.Provisioner{
		"tencent:" + tencenttest.DefaultRegion: tp,
		"alibaba:" + alibabatest.DefaultRegion: ap,
	}}, o.rate)
	if err != nil {
		return err
	}
	defer stop()
	for range 2 {
		if err := runStart(ctx, o, out); err != nil {
			return err
		}
		fmt.Fprintf(out, "gateways now: %d on Tencent Cloud, %d on Alibaba Cloud\n", len(tc.Gateways()), len(ali.Gateways()))
	}
	return nil
}
