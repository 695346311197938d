package tencent_test

import (
	"fmt"
	"net/http"
	"time"

	"github.com/cgw-go/cgw/tencent"
)

// A client of your own notices dead HTTP/2 connections only if its transport sends pings.
func ExampleConfig_httpClient() {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.HTTP2 = &http.HTTP2Config{
		SendPingTimeout:  3 * time.Second, // ping a connection on which nothing came for so long
		PingTimeout:      3 * time.Second, // close it if no answer comes
		WriteByteTimeout: 5 * time.Second,
	}
	p, err := tencent.New(tencent.Config{
		Region:      "ap-guangzhou",
		Credentials: tencent.StaticCredentials("id", "key", ""),
		HTTPClient:  &http.Client{Transport: transport},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	fmt.Println(p.Location())
	// Output: {tencent ap-guangzhou}
}
