package readme_test

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

func Example_create() {
	srv := tencenttest.NewServer(tencenttest.Options{})
	defer srv.Close()
	ctx, cfg := context.Background(), srv.Config()

	// For the cloud itself: cfg := tencent.Config{Region: "ap-guangzhou",
	//	Credentials: tencent.StaticCredentials(id, key, "")}
	p, err := tencent.New(cfg) // or alibaba.New: the rest stays as it is
	if err != nil {
		panic(err)
	}
	defer p.Close()
	g, err := p.Create(ctx, cgw.CreateRequest{
		IPAddress: netip.MustParseAddr("203.0.113.7"),
		Name:      "branch-office",
		ASN:       65010,
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(g.Provider, g.Region, g.Name, g.IPAddress, g.ASN)

	// Output: tencent ap-guangzhou branch-office 203.0.113.7 65010
}
