package tencenttest

import (
	"cmp"
	"slices"
)

// row is a gateway at its place in the order of creation. Rows are never changed, only
// replaced.
type row struct {
	seq uint64
	Gateway
}

// table holds rows in the order of creation, with indexes.
type table struct {
	rows []*row
	byID map[string]*row
	byIP map[string][]*row // in the order of creation; the service has one, Seed may give more
}

func bySeq(r *row, seq uint64) int { return cmp.Compare(r.seq, seq) }

// put adds the row, or replaces the one that has its ID.
func (t *table) put(r *row) {
	if t.byID == nil {
		t.byID, t.byIP = map[string]*row{}, map[string][]*row{}
	}
	if old, ok := t.byID[r.ID]; ok {
		t.remove(old)
	}
	t.byID[r.ID] = r
	t.rows = insert(t.rows, r)
	t.byIP[r.IPAddress] = insert(t.byIP[r.IPAddress], r)
}

func (t *table) remove(r *row) {
	delete(t.byID, r.ID)
	t.rows = cut(t.rows, r)
	if rest := cut(t.byIP[r.IPAddress], r); len(rest) > 0 {
		t.byIP[r.IPAddress] = rest
	} else {
		delete(t.byIP, r.IPAddress)
	}
}

func insert(rows []*row, r *row) []*row {
	i, _ := slices.BinarySearchFunc(rows, r.seq, bySeq)
	return slices.Insert(rows, i, r)
}

func cut(rows []*row, r *row) []*row {
	if i, ok := slices.BinarySearchFunc(rows, r.seq, bySeq); ok {
		return slices.Delete(rows, i, i+1)
	}
	return rows
}
