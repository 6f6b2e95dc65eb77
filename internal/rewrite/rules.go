package rewrite

import (
	"strings"
	"sync"
)

// place says in which language, and how, the platform reads a value.
type place uint8

const (
	inAttribute  place = iota // WXML attribute: names are elements, keys attributes
	inStyle                   // url() in a style attribute
	inStyleSheet              // url() in WXSS and the languages compiled to it
	inJSONFile                // names are files, keys names on the JSON path
	inCall                    // script call: names are methods, keys properties of the argument
	inProperty                // a property or assignment of that name, wherever it stands
)

// answer is what the documentation says about one way to fill a place.
type answer uint8

const (
	unknown  answer = iota // not documented: treated as no
	no                     // rejected, or works only in the developer tools
	yes                    // works
	required               // the only way that works
)

// rule is one row of the platform's table. Names and keys list alternatives,
// separated by spaces.
type rule struct {
	place place
	names string
	arg   int // inCall: index of the argument
	// keys is "" in a call for any string in the argument.
	keys    string
	file    answer // may a file of the package stand here?
	url     answer // may an https URL?
	hint    string // for whoever wonders why the image stays
	reason  Reason // inJSONFile: why it stays
	sources string // page of the documentation, or where else it is stated
}

// position derives how references in this place are treated: only a place
// that surely takes a URL may be given one.
func (r *rule) position() Position {
	if r.url == yes {
		return ImagePos
	}
	return LocalOnly
}

// callKey is one place in the arguments of a method.
type callKey struct {
	method string
	arg    int
	key    string
}

// argument is a place in a call that takes only a file of the package.
type argument struct {
	Index    int
	Property string // "": any string in the argument
}

// ruleIndex is the table, arranged for lookups.
type ruleIndex struct {
	attributes map[string]map[string]*rule // by element, then attribute
	calls      map[callKey]*rule
	local      map[string][]argument
	properties map[string]*rule
	json       map[[2]string]*rule
	inline     *rule
	sheet      *rule
}

// indexRules arranges the table once; it is never changed afterwards.
var indexRules = sync.OnceValue(func() *ruleIndex {
	x := &ruleIndex{
		attributes: map[string]map[string]*rule{},
		calls:      map[callKey]*rule{},
		local:      map[string][]argument{},
		properties: map[string]*rule{},
		json:       map[[2]string]*rule{},
	}
	for i := range rules {
		r := &rules[i]
		for _, name := range alternatives(r.names) {
			for _, key := range alternatives(r.keys) {
				x.add(r, name, key)
			}
		}
	}
	return x
})

func (x *ruleIndex) add(r *rule, name, key string) {
	switch r.place {
	case inAttribute:
		if x.attributes[name] == nil {
			x.attributes[name] = map[string]*rule{}
		}
		x.attributes[name][key] = r
	case inCall:
		x.calls[callKey{name, r.arg, key}] = r
		if r.position() == LocalOnly {
			x.local[name] = append(x.local[name], argument{r.arg, key})
		}
	case inProperty:
		x.properties[key] = r
	case inStyle:
		x.inline = r
	case inStyleSheet:
		x.sheet = r
	case inJSONFile:
		x.json[[2]string{name, key}] = r
	}
}

// alternatives splits a list of names; an empty list is one empty name.
func alternatives(s string) []string {
	if s == "" {
		return []string{""}
	}
	return strings.Fields(s)
}

// elementRules returns the rows for the attributes of an element, by their
// names in lower case. Attributes that are not among them are Plain.
func elementRules(tag string) map[string]*rule { return indexRules().attributes[strings.ToLower(tag)] }

// apiRule looks up a string in the arguments of a method, named by its last
// name, whatever the receiver (wx, uni, Taro, a minified import). property is
// "" when the string is the argument itself; a nested property is written with
// dots and without list indexes ("list.iconPath"). known is false when the
// table has no row for that place; pos is Plain then.
func apiRule(method string, argIndex int, property string) (pos Position, hint string, known bool) {
	calls := indexRules().calls
	r := calls[callKey{method, argIndex, ""}]
	for r == nil && property != "" {
		r = calls[callKey{method, argIndex, property}]
		property = parentless(property)
	}
	if r == nil {
		return Plain, "", false
	}
	return r.position(), r.hint, true
}

// localArguments lists the places in the arguments of a method that take only
// a file of the package, in the order of the table.
func localArguments(method string) []argument { return indexRules().local[method] }

// propertyRule looks up a property that the platform reads as an image
// wherever it stands in a script: an object's property, an assignment, or a
// path of setData. Parents may stand before it ("controls[0].iconPath").
func propertyRule(name string) Position {
	name = withoutIndexes(name)
	for name != "" {
		if r := indexRules().properties[name]; r != nil {
			return r.position()
		}
		name = parentless(name)
	}
	return Plain
}

// jsonRule says why an image that a JSON file names stays. path is the JSON
// path of the value ("tabBar.list[0].iconPath"); file the name of the file
// without its folder.
func jsonRule(file, path string) (reason Reason, hint string) {
	names := strings.Split(withoutIndexes(path), ".")
	for _, name := range append(names, "") {
		if r := indexRules().json[[2]string{strings.ToLower(file), name}]; r != nil {
			return r.reason, r.hint
		}
	}
	r := indexRules().json[[2]string{"", ""}]
	return r.reason, r.hint
}

// styleRule looks up url() in a style sheet or, inline, in a style attribute.
func styleRule(inline bool) Position {
	if inline {
		return indexRules().inline.position()
	}
	return indexRules().sheet.position()
}

// parentless cuts the first name off a dotted path: "" when only one is left.
func parentless(path string) string {
	_, rest, _ := strings.Cut(path, ".")
	return rest
}

// withoutIndexes removes "[0]" and the like from a dotted path.
func withoutIndexes(path string) string {
	if !strings.Contains(path, "[") {
		return path
	}
	var b strings.Builder
	depth := 0
	for i := 0; i < len(path); i++ {
		switch c := path[i]; {
		case c == '[':
			depth++
		case c == ']' && depth > 0:
			depth--
		case depth == 0:
			b.WriteByte(c)
		}
	}
	return b.String()
}
