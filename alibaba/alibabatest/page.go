package alibabatest

// page is the part of a list that is asked for. The limits are those of the current document of
// DescribeCustomerGateways.
type page struct {
	number, size int
	total        int // how many items the list has, once it is made
}

const (
	defaultPageSize = 10
	maxPageSize     = 50
	maxPageNumber   = 1 << 24
)

func (p params) page() (pg page, ref *refusal) {
	if pg.number, ref = p.number("PageNumber", 1, maxPageNumber, 1); ref != nil {
		return pg, ref
	}
	pg.size, ref = p.number("PageSize", 1, maxPageSize, defaultPageSize)
	return pg, ref
}

// first and end are the bounds of the page within the list.
func (pg *page) first() int { return (pg.number - 1) * pg.size }
func (pg *page) end() int   { return pg.number * pg.size }

// next counts one more item of the list, and reports whether it is on the page.
func (pg *page) next() bool {
	i := pg.total
	pg.total++
	return pg.first() <= i && i < pg.end()
}
