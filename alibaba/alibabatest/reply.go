package alibabatest

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"

	"github.com/cgw-go/cgw/internal/emulator"
)

// body is the content of a reply. Its fields have the names of the API, in JSON and in XML.
type body interface{ setRequestID(string) }

// requestID is embedded in every body.
type requestID struct {
	RequestID string `json:"RequestId" xml:"RequestId"`
}

func (r *requestID) setRequestID(id string) { r.RequestID = id }

type errorBody struct {
	requestID
	HostID    string `json:"HostId" xml:"HostId"`
	Code      string
	Message   string
	Recommend string
}

// recommend returns the link to the vendor's explanation of the error, in the form of
// dromara/SMS4J#34 (2025).
func recommend(code, id string) string {
	return "https://api.aliyun.com/troubleshoot?q=" + url.QueryEscape(code) + "&product=Vpc&requestId=" + id
}

// The exact content types: the vendor's SDKs recognize XML errors by theirs.
const (
	contentJSON = "application/json;charset=utf-8"
	contentXML  = "text/xml;charset=utf-8"
)

func (r *request) success(b body) emulator.Reply {
	return r.reply(http.StatusOK, newRequestID(), r.action+"Response", b)
}

func (r *request) refuse(ref *refusal) emulator.Reply {
	a, id := answerTo(ref), newRequestID()
	reply := r.reply(a.status, id, "Error", &errorBody{
		HostID: r.host, Code: ref.code, Message: a.message, Recommend: recommend(ref.code, id),
	})
	reply.Code = ref.code
	return reply
}

func (r *request) reply(status int, id, root string, b body) emulator.Reply {
	b.setRequestID(id)
	reply := emulator.Reply{Status: status, ContentType: contentJSON, Header: http.Header{"X-Acs-Request-Id": {id}}}
	var buf bytes.Buffer
	var err error
	if r.xml {
		reply.ContentType = contentXML
		err = xml.NewEncoder(&buf).EncodeElement(b, xml.StartElement{Name: xml.Name{Local: root}})
	} else {
		enc := json.NewEncoder(&buf)
		enc.SetEscapeHTML(false)
		err = enc.Encode(b)
	}
	if err != nil {
		panic("alibabatest: " + err.Error()) // the bodies are types of this package, which can be encoded
	}
	reply.Body = bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
	return reply
}

// newRequestID returns an ID in the form of the service's, such as
// D32B3C26-6C6C-4988-93E9-D2A6444CE6AE.
func newRequestID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return fmt.Sprintf("%X-%X-%X-%X-%X", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
