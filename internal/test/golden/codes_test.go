package golden

import (
	"io"
	"net/http"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/alibaba/alibabatest"
	"github.com/cgw-go/cgw/cgwtest/wire"
	"github.com/cgw-go/cgw/tencent/tencenttest"
)

const (
	requestID = "ed93f3cb-f35e-473f-b9f3-0d451b8b79c6"
	message   = "the service's own words"
)

// refusing answers a create with one body and any other request with another.
func refusing(status int, contentType, refusal, other string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-TC-Action") == "CreateCustomerGateway" || r.Header.Get("X-Acs-Action") == "CreateCustomerGateway" {
			stub(status, contentType, refusal).ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", contentType)
		_, _ = io.WriteString(w, other)
	})
}

// requireRefusal asks that a create was refused with a code, and that the error says all that
// the service said.
func requireRefusal(t *testing.T, err error, code, sentinel string, status int) *cgw.Error {
	t.Helper()
	var e *cgw.Error
	require.ErrorAs(t, err, &e)
	want, ok := kinds()[sentinel]
	require.True(t, ok, "%s: unknown sentinel %q", code, sentinel)
	require.Equal(t, want, e.Kind, code)
	require.ErrorIs(t, err, want)
	require.Equal(t, code, e.Code)
	require.Equal(t, status, e.HTTPStatus)
	require.Equal(t, cgw.OutcomeNotApplied, e.Outcome)
	require.Equal(t, cgw.OpCreate, e.Op)
	return e
}

// Every code of the document, in the service's form of an error and from the emulator.
func TestTencentCodes(t *testing.T) {
	rows := readTable(t, "tencent/codes.txt")
	require.Len(t, rows, 28)
	for _, row := range rows {
		code, sentinel := row[0], row[1]
		t.Run(code, func(t *testing.T) {
			body := `{"Response":{"Error":{"Code":"` + code + `","Message":"` + message + `"},"RequestId":"` + requestID + `"}}`
			none := `{"Response":{"CustomerGatewaySet":[],"TotalCount":0,"RequestId":"` + requestID + `"}}`
			w := &wired{handler: refusing(http.StatusOK, "application/json", body, none)}
			_, err := tencentOn(t, w).Create(t.Context(), tencentSample())
			e := requireRefusal(t, err, code, sentinel, http.StatusOK)
			require.Equal(t, message, e.Message)
			require.Equal(t, requestID, e.RequestID)

			w = &wired{handler: tencenttest.NewHandler(tencenttest.Options{
				Region: "ap-guangzhou", SecretID: secretID, SecretKey: secretKey,
				Faults: []wire.Fault{{Action: "CreateCustomerGateway", Effect: wire.Refuse, Code: code}},
			})}
			_, err = tencentOn(t, w).Create(t.Context(), tencentSample())
			_ = requireRefusal(t, err, code, sentinel, http.StatusOK)
			require.Equal(t, shape(parse(t, body)), shape(parse(t, w.calls[0].reply)))
		})
	}
}

// Every code of the document, in the service's form of an error and from the emulator.
func TestAlibabaCodes(t *testing.T) {
	rows := readTable(t, "alibaba/codes.txt")
	require.Len(t, rows, 7)
	for _, row := range rows {
		code, sentinel := row[0], row[2]
		status, err := strconv.Atoi(row[1])
		require.NoError(t, err)
		t.Run(code, func(t *testing.T) {
			body := `{"RequestId":"` + requestID + `","HostId":"vpc.aliyuncs.com","Code":"` + code + `","Message":"` + message +
				`","Recommend":"https://error-center.alibabacloud.com/status/product/Vpc"}`
			none := `{"PageNumber":1,"PageSize":50,"TotalCount":0,"CustomerGateways":{"CustomerGateway":[]},"RequestId":"` + requestID + `"}`
			req := cgw.CreateRequest{IPAddress: netip.MustParseAddr("116.23.45.12")}
			w := &wired{handler: refusing(status, "application/json;charset=utf-8", body, none)}
			_, err := alibabaOn(t, w).Create(t.Context(), req)
			e := requireRefusal(t, err, code, sentinel, status)
			require.Equal(t, message, e.Message)
			require.Equal(t, requestID, e.RequestID)

			w = &wired{handler: alibabatest.NewHandler(alibabatest.Options{
				Region: "cn-shanghai", AccessKeyID: accessKeyID, AccessKeySecret: accessKeySecret,
				Faults: []wire.Fault{{Action: "CreateCustomerGateway", Effect: wire.Refuse, Code: code}},
			})}
			_, err = alibabaOn(t, w).Create(t.Context(), req)
			_ = requireRefusal(t, err, code, sentinel, status)
			require.Equal(t, shape(parse(t, body)), shape(parse(t, w.calls[0].reply)))
		})
	}
}

// A refusal in XML has the elements that the vendor's SDK reads, here of a nonce used twice.
func TestAlibabaErrorInXMLAtTheEmulator(t *testing.T) {
	at := time.UnixMilli(1493363486000)
	r := signRPC("XML")(t, readURL(t, "alibaba/create.url"), at)
	h := alibabaService(at)
	require.Equal(t, http.StatusOK, ask(h, r).Code)
	again := ask(h, r)
	require.Equal(t, http.StatusBadRequest, again.Code)
	require.Equal(t, "text/xml;charset=utf-8", again.Header().Get("Content-Type"))
	e := parseXML(t, again.Body.String())["Error"].(map[string]any)
	require.Equal(t, "SignatureNonceUsed", e["Code"])
	for _, name := range []string{"RequestId", "HostId", "Message"} {
		require.NotEmpty(t, e[name], name)
	}
}
