// Package ensure brings customer gateways to a desired state: one gateway ([Gateway]), those of a
// region ([NewPlan] and [Plan.Apply]), or those of many regions ([All], [ApplyAll]). Every call
// may be repeated after any error: it reads before it writes, and writes only what differs.
//
// A gateway belongs to the owner that its owner tag names. Gateways without an owner tag and
// gateways of other owners are left alone, unless [Options] allow their adoption.
//
// The package needs a [cgw.Provisioner] and nothing else. If the Provisioner is [cgw.Ruled], a
// [cgw.Checker] or [cgw.Located], also below middleware, it uses that.
package ensure
