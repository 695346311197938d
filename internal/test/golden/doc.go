// Package golden tests cgw against the vendors' documents. The samples of the two API documents
// of CreateCustomerGateway, in testdata, pass through the providers and the emulators.
// Signatures are computed again from the documented algorithms. A fuzz test checks for any
// request that the created gateway is read back unchanged.
//
// The samples are those of Tencent Cloud's document (2024-11-25) and of Alibaba Cloud's (2021),
// with the masked digits filled in. In a request, * stands for a value that differs each time.
package golden
