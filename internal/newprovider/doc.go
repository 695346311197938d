// Package newprovider has in its tests a third provider, of a cloud that does not exist, written
// by following docs/new-provider.md: the checklist is proven by it.
package newprovider
