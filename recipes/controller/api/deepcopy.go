package api

import (
	"maps"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// The functions here are written by hand, in place of controller-gen's: the types are few, and
// a test fills every field with reflection to see that no memory is shared.

// DeepCopyInto copies g into out.
func (g *CustomerGateway) DeepCopyInto(out *CustomerGateway) {
	*out = *g
	g.ObjectMeta.DeepCopyInto(&out.ObjectMeta)
	out.Spec.Tags = maps.Clone(g.Spec.Tags)
	if g.Status.Conditions == nil {
		return
	}
	out.Status.Conditions = make([]metav1.Condition, len(g.Status.Conditions))
	for i := range g.Status.Conditions {
		g.Status.Conditions[i].DeepCopyInto(&out.Status.Conditions[i])
	}
}

// DeepCopy returns a copy of g.
func (g *CustomerGateway) DeepCopy() *CustomerGateway {
	if g == nil {
		return nil
	}
	out := new(CustomerGateway)
	g.DeepCopyInto(out)
	return out
}

// DeepCopyObject implements runtime.Object.
func (g *CustomerGateway) DeepCopyObject() runtime.Object { return g.DeepCopy() }

// DeepCopyInto copies l into out.
func (l *CustomerGatewayList) DeepCopyInto(out *CustomerGatewayList) {
	*out = *l
	l.ListMeta.DeepCopyInto(&out.ListMeta)
	if l.Items == nil {
		return
	}
	out.Items = make([]CustomerGateway, len(l.Items))
	for i := range l.Items {
		l.Items[i].DeepCopyInto(&out.Items[i])
	}
}

// DeepCopy returns a copy of l.
func (l *CustomerGatewayList) DeepCopy() *CustomerGatewayList {
	if l == nil {
		return nil
	}
	out := new(CustomerGatewayList)
	l.DeepCopyInto(out)
	return out
}

// DeepCopyObject implements runtime.Object.
func (l *CustomerGatewayList) DeepCopyObject() runtime.Object { return l.DeepCopy() }
