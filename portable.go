package cgw

import "slices"

// Portable returns the rules of a request that every one of the given clouds accepts. A refusal
// names the clouds that refuse. Portable of no rules is the zero Rules.
func Portable(rules ...Rules) Rules {
	if len(rules) == 0 {
		return Rules{}
	}
	all := rules[0]
	if len(rules) == 1 {
		return all
	}
	for _, r := range rules[1:] {
		all = all.and(r)
	}
	all.Provider, all.Current, all.Parts = "", nil, nil
	for _, r := range rules {
		parts := r.Parts
		if len(parts) == 0 {
			parts = []Rules{r}
		}
		for _, p := range parts {
			part := p.and(Rules{}) // a copy
			part.Provider, part.Current = p.Provider, p.Current
			all.Parts = append(all.Parts, part)
		}
	}
	return all
}

// and combines the limits. Provider, Current and Parts are left to Portable.
func (r Rules) and(o Rules) Rules {
	return Rules{
		IPAddress:       r.IPAddress.and(o.IPAddress),
		Name:            r.Name.and(o.Name),
		Description:     r.Description.and(o.Description),
		ResourceGroupID: r.ResourceGroupID.and(o.ResourceGroupID),
		AuthKey:         r.AuthKey.and(o.AuthKey),
		ClientToken:     r.ClientToken.and(o.ClientToken),
		ASN:             r.ASN.and(o.ASN),
		Tags:            r.Tags.and(o.Tags),
	}
}

func (a AddressRule) and(b AddressRule) AddressRule {
	return AddressRule{
		IPv4Only:           a.IPv4Only || b.IPv4Only,
		Refused:            slices.Concat(a.Refused, b.Refused),
		ClassfulHost:       a.ClassfulHost || b.ClassfulHost,
		ClassfulHostSource: both(a.ClassfulHostSource, b.ClassfulHostSource),
	}
}

func (a TextRule) and(b TextRule) TextRule {
	word, marks := andWord(a.Word, a.Marks, b.Word, b.Marks)
	return TextRule{
		Unsupported:   a.Unsupported || b.Unsupported,
		Required:      a.Required || b.Required,
		Min:           max(a.Min, b.Min),
		Max:           lower(a.Max, b.Max),
		Word:          word,
		Marks:         marks,
		ASCII:         a.ASCII || b.ASCII,
		Except:        a.Except + b.Except,
		LeadingLetter: a.LeadingLetter || b.LeadingLetter,
		NotPrefixes:   slices.Concat(a.NotPrefixes, b.NotPrefixes),
		Source:        both(a.Source, b.Source),
	}
}

func (a ASNRule) and(b ASNRule) ASNRule {
	return ASNRule{
		Unsupported: a.Unsupported || b.Unsupported,
		Immutable:   a.Immutable || b.Immutable,
		Permanent:   a.Permanent || b.Permanent,
		Reserved:    slices.Concat(a.Reserved, b.Reserved),
		Source:      both(a.Source, b.Source),
	}
}

func (a TagRule) and(b TagRule) TagRule {
	word, marks := andWord(a.Word, a.Marks, b.Word, b.Marks)
	return TagRule{
		Word: word, Marks: marks,
		Unsupported:      a.Unsupported || b.Unsupported,
		MaxCount:         lower(a.MaxCount, b.MaxCount),
		MaxKey:           lower(a.MaxKey, b.MaxKey),
		MaxValue:         lower(a.MaxValue, b.MaxValue),
		NotKeyPrefixes:   slices.Concat(a.NotKeyPrefixes, b.NotKeyPrefixes),
		NotValuePrefixes: slices.Concat(a.NotValuePrefixes, b.NotValuePrefixes),
		NotContains:      slices.Concat(a.NotContains, b.NotContains),
		Trimmed:          a.Trimmed || b.Trimmed,
		FoldKeys:         a.FoldKeys || b.FoldKeys,
		FoldKeysSource:   both(a.FoldKeysSource, b.FoldKeysSource),
		Source:           both(a.Source, b.Source),
	}
}

// andWord combines two Word rules and their Marks.
func andWord(a bool, aMarks string, b bool, bMarks string) (word bool, marks string) {
	switch {
	case a && b:
		return true, shared(aMarks, bMarks)
	case b:
		return true, bMarks
	default:
		return a, aMarks
	}
}

// lower returns the stricter of two upper bounds; 0: no bound.
func lower(a, b int) int {
	if a == 0 || (b != 0 && b < a) {
		return b
	}
	return a
}

// shared returns the characters that both texts have.
func shared(a, b string) string {
	var s []rune
	for _, r := range a {
		for _, o := range b {
			if r == o {
				s = append(s, r)
			}
		}
	}
	return string(s)
}

// both joins the names of two documents.
func both(a, b string) string {
	switch {
	case a == "" || a == b:
		return b
	case b == "":
		return a
	}
	return a + "; " + b
}
