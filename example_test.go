package cgw_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/cgw-go/cgw"
)

func ExampleParseASN() {
	for _, s := range []string{"65546", "1.10", "AS64512"} {
		asn, err := cgw.ParseASN(s)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(s, "is", asn)
	}
	// Output:
	// 65546 is 65546
	// 1.10 is 65546
	// ASN "AS64512": must be a number from 0 to 4294967295, plain (65546) or dotted (1.10) (RFC 5396)
}

func ExampleSecret() {
	req := cgw.CreateRequest{Name: "office", AuthKey: "open sesame"}
	data, err := json.Marshal(req)
	fmt.Println(string(data), err)
	fmt.Printf("%v %q %s\n", req.AuthKey, req.AuthKey, req.AuthKey.Reveal())
	// Output:
	// {"name":"office","authKey":"[redacted]"} <nil>
	// [redacted] "[redacted]" open sesame
}

// refusing is a Creator that answers as a cloud does when the address is taken.
type refusing struct{}

func (refusing) Create(context.Context, cgw.CreateRequest) (cgw.Gateway, error) {
	return cgw.Gateway{}, &cgw.Error{
		Op: cgw.OpCreate, Provider: cgw.Tencent, Region: "ap-guangzhou",
		Kind: cgw.ErrAlreadyExists, Code: "InvalidParameterValue.Duplicate", Message: "The input parameter already exists.",
		RequestID: "5bd98433", HTTPStatus: 200, Outcome: cgw.OutcomeNotApplied, ConflictingIDs: []string{"cgw-mgp33pll"},
	}
}

// The sentinels say what to do, and one errors.As gives the rest.
func ExampleError() {
	var p cgw.Creator = refusing{}
	_, err := p.Create(context.Background(), cgw.CreateRequest{IPAddress: netip.MustParseAddr("58.211.1.12"), Name: "test-cgw"})

	var e *cgw.Error
	switch {
	case err == nil:
		fmt.Println("created")
	case errors.Is(err, cgw.ErrInvalidArgument):
		fmt.Println("fix the request:", err)
	case errors.Is(err, cgw.ErrAlreadyExists) && errors.As(err, &e):
		fmt.Println("held by", e.ConflictingIDs, "says request", e.RequestID)
	case errors.Is(err, cgw.ErrOutcomeUnknown):
		fmt.Println("look before repeating it:", err)
	case cgw.IsRetryable(err):
		fmt.Println("try again later:", err)
	default:
		fmt.Println(err)
	}
	fmt.Println(err)
	// Output:
	// held by [cgw-mgp33pll] says request 5bd98433
	// cgw: tencent Create: already exists: InvalidParameterValue.Duplicate (request 5bd98433) [cgw-mgp33pll]: The input parameter already exists.
}

func ExampleOutcomeOf() {
	lost := &cgw.Error{Op: cgw.OpCreate, Kind: cgw.ErrUnavailable, Err: errors.New("connection reset")}
	fmt.Println(cgw.OutcomeOf(lost), errors.Is(lost, cgw.ErrOutcomeUnknown), cgw.IsRetryable(lost))

	throttled := &cgw.Error{Op: cgw.OpCreate, Kind: cgw.ErrThrottled, Outcome: cgw.OutcomeNotApplied, RetryAfter: time.Second}
	fmt.Println(cgw.OutcomeOf(throttled), errors.Is(throttled, cgw.ErrOutcomeUnknown), cgw.IsRetryable(throttled))
	// Output:
	// unknown true false
	// not applied false true
}

func ExampleRules_Validate() {
	rules := cgw.Rules{
		Provider: "example",
		Name:     cgw.TextRule{Required: true, Max: 8, Source: "example.com/limits"},
		ASN:      cgw.ASNRule{Reserved: []cgw.ASN{23456}, Source: "RFC 6793"},
	}
	err := rules.Validate(cgw.CreateRequest{Name: "headquarters", ASN: 23456})

	var invalid *cgw.ValidationError
	if errors.As(err, &invalid) {
		for _, f := range invalid.Fields {
			fmt.Printf("%-9s  %s\n", f.Field, f.Reason)
		}
	}
	fmt.Println(errors.Is(err, cgw.ErrInvalidArgument), errors.Is(err, cgw.ErrInvalidASN))
	// Output:
	// IPAddress  is required
	// Name       must have at most 8 characters, has 12
	// ASN        is reserved on example
	// true true
}

func ExamplePortable() {
	one := cgw.Rules{Provider: "one", Name: cgw.TextRule{Required: true, Max: 60}, Description: cgw.TextRule{Unsupported: true}}
	two := cgw.Rules{Provider: "two", Name: cgw.TextRule{Min: 2, Max: 128}}
	both := cgw.Portable(one, two)

	address := netip.MustParseAddr("203.0.113.7")
	fmt.Println(both.Validate(cgw.CreateRequest{IPAddress: address, Name: "office"}))
	fmt.Println(both.Validate(cgw.CreateRequest{IPAddress: address, Name: "o", Description: "roof"}))
	// Output:
	// <nil>
	// Name "o": refused by two: must have at least 2 characters; Description "roof": refused by one: the cloud has no such field: leave it empty
}
