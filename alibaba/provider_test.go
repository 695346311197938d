package alibaba_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/alibabacloud-go/tea/dara"
	"github.com/alibabacloud-go/tea/tea"
	vpc "github.com/alibabacloud-go/vpc-20160428/v7/client"
	"github.com/aliyun/credentials-go/credentials"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest"
	"github.com/cgw-go/cgw/internal/providertest"
)

func TestProvider(t *testing.T) { providertest.Test(t, harness()) }

func FuzzReply(f *testing.F) { providertest.FuzzReply(f, harness()) }

// TestLive runs the contract's suite on the cloud itself, in the region CGW_LIVE_ALIBABA_REGION.
func TestLive(t *testing.T) { providertest.Live(t, harness()) }

// Codes of the service: what is asked for is not permitted, the keys have expired, and there is no
// such gateway.
const (
	denied  = "NoPermission"
	expired = "InvalidSecurityToken.Expired"
	unknown = "InvalidCustomerGatewayInstanceId.NotFound"
)

// harness describes the provider to the tests of all providers.
func harness() providertest.Harness {
	return providertest.Harness{
		Provider:        cgw.Alibaba,
		Region:          alibabatest.DefaultRegion,
		Keys:            providertest.Keys{ID: alibabatest.DefaultAccessKeyID, Secret: alibabatest.DefaultAccessKeySecret},
		Rules:           alibaba.Rules,
		PageCap:         50,
		ResourceGroupID: "rg-acfmzs372yg",
		Tokens:          true,
		New:             func(c providertest.Config) (providertest.Provisioner, error) { return alibaba.New(config(c)) },
		NewLimiter:      alibaba.NewLimiter,
		Native:          func(c providertest.Config) any { return config(c) },
		SDK:             sdkClient,
		Environment: []string{
			"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN", "ALIBABA_CLOUD_USER_AGENT",
			"ALIBABA_CLOUD_REGION_ID", "ALIBABA_CLOUD_PROFILE", "ALIBABA_CLOUD_CREDENTIALS_URI",
		},
		Start: func(o providertest.Options) cgwtest.Emulator {
			return alibabatest.NewServer(alibabatest.Options{Quota: -1, PlainHTTP: o.PlainHTTP, Faults: o.Faults})
		},
		Handler: func(o providertest.Options) (http.Handler, providertest.State) {
			state := new(alibabatest.State)
			return alibabatest.NewHandler(alibabatest.Options{Faults: o.Faults, State: state}), state
		},
		Hard:      hard,
		GetAction: "DescribeCustomerGateway",
		Throttled: "Throttling.User",
		Invalid:   "InvalidParameter",
		Limits:    providertest.Limits{Addresses: ownAddresses(), Fields: fieldCases(), Updates: updateCases()},
		Replies: providertest.Replies{
			Success: withID, RequestID: "D32B3C26-6C6C", Failure: failure, Found: found,
			SDKCode: providertest.SDKCode(func(e *tea.SDKError) string { return tea.StringValue(e.Code) }),
			Bad:     badReplies(), Odd: oddReplies(), PageHead: pageHead, PageTail: pageTail, Hostile: hostile(),
			Largest: largest, LargestTags: map[int]int{20: 50},
			Asked:       cgw.CreateRequest{Description: "about it", ASN: 65001, ResourceGroupID: "rg-1"},
			CreateReply: createReply, Created: createdCases(),
		},
		Lists: providertest.Lists{
			ListQuery: queryOf, ListReply: listed, ReadReply: readReply, ASNField: "Asn", Unknown: unknown,
		},
		Credentials: providertest.Credentials{
			Names:    providertest.Keys{ID: "access key ID", Secret: "access key secret", Token: "security token"},
			Fallible: true,
			Denied:   denied, Expired: expired,
			Own:    func(s *providertest.Source) any { return s },
			Signer: signer, KeysOf: keysOf, DefaultCredentials: defaultCredentials, CleanEnvironment: cleanEnvironment,
			Rotating: rotatingKeys(), Sources: credentialSources(), SourceCases: 331, FoundSources: foundSources(), Half: halfSources(),
			Order: orderSteps(), OrderAnswer: orderAnswer,
		},
	}
}

// config is the provider's Config of these fields.
func config(c providertest.Config) alibaba.Config {
	own := func(s *providertest.Source) credentials.Credential { return (*source)(s) }
	return providertest.Native[alibaba.Config](c, alibaba.StaticCredentials, own)
}

// source is credentials of a caller's own type.
type source providertest.Source

func (s *source) GetCredential() (*credentials.CredentialModel, error) {
	k, err := (*providertest.Source)(s).Get()
	if err != nil || k == (providertest.Keys{}) {
		return nil, err // a source that does not answer gives nothing at all
	}
	kind := "sts"
	return &credentials.CredentialModel{AccessKeyId: &k.ID, AccessKeySecret: &k.Secret, SecurityToken: &k.Token, Type: &kind}, nil
}

func (s *source) GetAccessKeyId() (*string, error)     { return &s.ID, s.Err }
func (s *source) GetAccessKeySecret() (*string, error) { return &s.Secret, s.Err }
func (s *source) GetSecurityToken() (*string, error)   { return &s.Token, s.Err }
func (s *source) GetBearerToken() *string              { return new(string) }
func (s *source) GetType() *string                     { return new(string) }

func sdkClient(p providertest.Provisioner) providertest.SDKClient {
	client, region := p.(*alibaba.Provisioner).SDKClient(), tea.String(alibabatest.DefaultRegion)
	return providertest.SDKClient{
		Client: client,
		List: func(ctx context.Context) (string, error) {
			resp, err := client.DescribeCustomerGatewaysWithContext(ctx, &vpc.DescribeCustomerGatewaysRequest{RegionId: region}, &dara.RuntimeOptions{})
			if err != nil {
				return "", err
			}
			return *resp.Body.CustomerGateways.CustomerGateway[0].CustomerGatewayId, nil
		},
		Missing: func(ctx context.Context) error {
			r := &vpc.DescribeCustomerGatewayRequest{RegionId: region, CustomerGatewayId: tea.String("cgw-none")}
			_, err := client.DescribeCustomerGatewayWithContext(ctx, r, &dara.RuntimeOptions{})
			return err
		},
		Spoil: func() { client.Endpoint, client.Credential = tea.String("127.0.0.1:1"), nil },
	}
}
