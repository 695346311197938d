package tencent_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	sdkerrors "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	vpc "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/vpc/v20170312"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/internal/providertest"
	"github.com/cgw-go/cgw/tencent"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

func TestProvider(t *testing.T) { providertest.Test(t, harness()) }

func FuzzReply(f *testing.F) { providertest.FuzzReply(f, harness()) }

// TestLive runs the contract's suite on the cloud itself, in the region CGW_LIVE_TENCENT_REGION.
func TestLive(t *testing.T) { providertest.Live(t, harness()) }

// harness describes the provider to the tests of all providers.
func harness() providertest.Harness {
	return providertest.Harness{
		Provider:   cgw.Tencent,
		Region:     tencenttest.DefaultRegion,
		Keys:       providertest.Keys{ID: tencenttest.DefaultSecretID, Secret: tencenttest.DefaultSecretKey},
		Rules:      tencent.Rules,
		PageCap:    100,
		New:        func(c providertest.Config) (providertest.Provisioner, error) { return tencent.New(config(c)) },
		NewLimiter: tencent.NewLimiter,
		Native:     func(c providertest.Config) any { return config(c) },
		SDK:        sdkClient,
		Environment: []string{
			"TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_SECURITY_TOKEN", "TENCENTCLOUD_CREDENTIALS_FILE",
			"TENCENTCLOUD_REGION", "TKE_REGION", "TKE_ROLE_ARN", "TENCENTCLOUD_PROFILE",
		},
		Start: func(o providertest.Options) cgwtest.Emulator {
			return tencenttest.NewServer(tencenttest.Options{PlainHTTP: o.PlainHTTP, Faults: o.Faults})
		},
		Handler: func(o providertest.Options) (http.Handler, providertest.State) {
			state := new(tencenttest.State)
			return tencenttest.NewHandler(tencenttest.Options{Faults: o.Faults, State: state}), state
		},
		Hard:      hard,
		GetAction: "DescribeCustomerGateways",
		Throttled: "RequestLimitExceeded",
		Invalid:   "InvalidParameter",
		Limits:    providertest.Limits{Addresses: ownAddresses(), Fields: fieldCases(), Updates: updateCases()},
		Replies: providertest.Replies{
			Success: withID, RequestID: "5bd98433-263a", Failure: failure, Found: found,
			SDKCode: providertest.SDKCode(func(e *sdkerrors.TencentCloudSDKError) string { return e.Code }),
			Bad:     badReplies(), Odd: oddReplies(), PageHead: pageHead, PageTail: pageTail, Hostile: hostile(),
			Largest: largest, LargestTags: map[int]int{0: 50, 2: 50},
			CreateReply: createReply, Created: createdCases(),
		},
		Lists: providertest.Lists{
			ListQuery: queryOf, NothingElse: withID(`"Tags":[],"TotalCount":0,`),
			ListReply: listed, ReadReply: readReply, ASNField: "BgpAsn", Unknown: "ResourceNotFound",
		},
		Credentials: providertest.Credentials{
			Names:  providertest.Keys{ID: "secret ID", Secret: "secret key", Token: "token"},
			Denied: "UnauthorizedOperation", Expired: "AuthFailure.TokenFailure",
			Own: func(s *providertest.Source) any { return tencent.ProviderCredentials((*provider)(s)) }, Kept: time.Minute,
			Signer: signer, KeysOf: keysOf, DefaultCredentials: defaultCredentials, CleanEnvironment: cleanEnvironment,
			Rotating: rotatingKeys(), Sources: credentialSources(), SourceCases: 54, FoundSources: foundSources(), Half: halfSources(),
			Order: orderSteps(), OrderAnswer: orderAnswer,
		},
	}
}

// config is the provider's Config of these fields.
func config(c providertest.Config) tencent.Config {
	own := func(s *providertest.Source) common.CredentialIface { return (*source)(s) }
	return providertest.Native[tencent.Config](c, tencent.StaticCredentials, own)
}

// source is credentials of a caller's own type.
type source providertest.Source

func (s *source) GetSecretId() string  { return s.ID }
func (s *source) GetSecretKey() string { return s.Secret }
func (s *source) GetToken() string     { return s.Token }
func (s *source) GetCredential() (string, string, string) {
	k, _ := (*providertest.Source)(s).Get()
	return k.ID, k.Secret, k.Token
}

// provider is a provider of the SDK of a caller's own type.
type provider providertest.Source

func (p *provider) GetCredential() (common.CredentialIface, error) {
	k, err := (*providertest.Source)(p).Get()
	if err != nil {
		return nil, err
	}
	return common.NewTokenCredential(k.ID, k.Secret, k.Token), nil
}

func sdkClient(p providertest.Provisioner) providertest.SDKClient {
	client := p.(*tencent.Provisioner).SDKClient()
	ask := func(ctx context.Context, ids ...string) (string, error) {
		r := vpc.NewDescribeCustomerGatewaysRequest()
		if len(ids) > 0 {
			r.CustomerGatewayIds = common.StringPtrs(ids)
		}
		resp, err := client.DescribeCustomerGatewaysWithContext(ctx, r)
		if err != nil {
			return "", err
		}
		return *resp.Response.CustomerGatewaySet[0].CustomerGatewayId, nil
	}
	return providertest.SDKClient{
		Client:  client,
		List:    func(ctx context.Context) (string, error) { return ask(ctx) },
		Missing: func(ctx context.Context) error { _, err := ask(ctx, "cgw-99999999"); return err },
		Spoil: func() {
			client.WithHttpTransport(providertest.Tripper(func(*http.Request) (*http.Response, error) { return nil, errors.New("of the caller") }))
			client.WithCredential(common.NewCredential("other", "other"))
		},
	}
}
