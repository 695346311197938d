// Package alibabatest emulates the customer gateway API of Alibaba Cloud on the wire, as
// net/http/httptest does servers.
package alibabatest
