package tencent

// SiteRows returns the table of sites as docs/credentials.md shows it.
func SiteRows() []string {
	var rows []string
	for _, s := range sites {
		tag := "set `TagEndpoint`"
		if s.tag != "" {
			tag = "`" + s.tag + roots[0] + "`"
		}
		rows = append(rows, "| `"+s.vpc+roots[0]+"` | "+tag+" | "+s.source+" |\n")
	}
	return rows
}
