package main

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

func main() {
	onTencent, err := tencent.New(tencenttest.NewServer(tencenttest.Options{}).Config())
	fmt.Println(create(onTencent, err))
	onAlibaba, err := alibaba.New(alibabatest.NewServer(alibabatest.Options{}).Config())
	fmt.Println(create(onAlibaba, err))
}

func create(p cgw.Creator, err error) (cgw.Provider, netip.Addr, error) {
	if err != nil {
		return "", netip.Addr{}, err
	}
	g, err := p.Create(context.Background(), cgw.CreateRequest{IPAddress: netip.MustParseAddr("203.0.113.7"), Name: "office"})
	return g.Provider, g.IPAddress, err
}
