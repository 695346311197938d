// Package golden has in its tests the proof that cgw speaks as the vendors' documents do: the
// samples of the two API documents of CreateCustomerGateway, in testdata, pass through the
// providers and the emulators, signatures are computed anew from the documented algorithms, and
// a fuzz test asks of any request that what is created is what is read back.
//
// The samples are those of Tencent Cloud's document (2024-11-25) and of Alibaba Cloud's (2021),
// with the masked digits filled in. In a request, * stands for a value that differs each time.
package golden
