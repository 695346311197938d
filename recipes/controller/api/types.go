// Package api holds the resource CustomerGateway as it is stored in a cluster. crd.yaml beside
// the module's README is its definition for the cluster; a test keeps the two equal.
package api

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/cgw-go/cgw"
)

// The group, version and kind of the resource.
const (
	Group   = "network.example.com"
	Version = "v1alpha1"
	Kind    = "CustomerGateway"
)

// Finalizer keeps the resource until its gateway is deleted in the cloud.
const Finalizer = Group + "/gateway"

// Ready is the type of the only condition: the gateway is as specified. Its reasons are those
// of package controller.
const Ready = "Ready"

// AddToScheme registers the types.
func AddToScheme(s *runtime.Scheme) error {
	version := schema.GroupVersion{Group: Group, Version: Version}
	s.AddKnownTypes(version, &CustomerGateway{}, &CustomerGatewayList{})
	metav1.AddToGroupVersion(s, version)
	return nil
}

// CustomerGateway asks for a customer gateway in one region of one cloud.
type CustomerGateway struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   CustomerGatewaySpec   `json:"spec"`
	Status CustomerGatewayStatus `json:"status,omitzero"`
}

// CustomerGatewaySpec is the gateway that is wanted. Provider, Region and IPAddress cannot be
// changed once they are set: that would be another gateway.
type CustomerGatewaySpec struct {
	// Provider and Region name one of the clouds that the controller was started with.
	Provider cgw.Provider `json:"provider"`
	Region   string       `json:"region"`
	// IPAddress is the public IPv4 address of the device.
	IPAddress string `json:"ipAddress"`
	// Name of the gateway. Tencent requires one.
	Name string `json:"name,omitempty"`
	// ASN of the device. 0: not managed.
	ASN cgw.ASN `json:"asn,omitempty"`
	// Tags are set in addition to the owner tag. Others that the gateway has are kept.
	Tags map[string]string `json:"tags,omitempty"`
}

// CustomerGatewayStatus says what gateway there is.
type CustomerGatewayStatus struct {
	// ID is the gateway's ID in the cloud, once it was seen to be ours.
	ID string `json:"id,omitempty"`
	// ObservedGeneration is the generation of the spec that the conditions are about.
	ObservedGeneration int64              `json:"observedGeneration,omitempty"`
	Conditions         []metav1.Condition `json:"conditions,omitempty"`
}

// CustomerGatewayList is a list of them.
type CustomerGatewayList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []CustomerGateway `json:"items"`
}
