// Readme is the first program of README.md; the tests beside it are the rest of its code.
package main

import (
	"context"
	"fmt"
	"log"
	"net/netip"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

func main() {
	srv := tencenttest.NewServer(tencenttest.Options{}) // an emulator: no account needed
	cfg := srv.Config()
	// On the cloud itself:
	//	cred, err := tencent.DefaultCredentials(ctx)
	//	cfg := tencent.Config{Region: "ap-guangzhou", Credentials: cred}

	p, err := tencent.New(cfg) // or alibaba.New: the rest is the same
	if err != nil {
		log.Fatal(err)
	}
	g, err := p.Create(context.Background(), cgw.CreateRequest{
		IPAddress: netip.MustParseAddr("203.0.113.7"),
		Name:      "branch-office",
		ASN:       65010,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(g.Provider, g.Region, g.Name, g.IPAddress, g.ASN)
}
