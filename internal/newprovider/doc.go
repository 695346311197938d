// Package newprovider holds the tests of two providers of clouds that do not exist, northwind and
// southwind. They are written by following docs/new-provider.md, so that the page is proven.
package newprovider
