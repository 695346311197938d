// Package newprovider holds the tests of two providers of clouds that do not exist, northwind and
// southwind. They follow docs/new-provider.md step by step, and so test that page.
package newprovider
