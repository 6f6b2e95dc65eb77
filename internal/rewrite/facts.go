package rewrite

import "github.com/wecos-go/wecos/internal/rewrite/source"

// ExtractOptions are the only options that Extract depends on, so they belong
// to the key of any cache of its results.
type ExtractOptions struct {
	// Suffixes are the suffixes of every file that counts as an image, lower
	// case with the dot.
	Suffixes []string
}

// Facts is what one source file says, independent of every other file. It is
// immutable once Extract returned it.
type Facts struct {
	Path  string
	Kind  source.Kind
	Lines *source.Lines

	// Err says why the file cannot be parsed; it is then never edited.
	Err *ParseError

	// Refs are the places whose value may name a file or hold a URL, ordered
	// by position.
	Refs []Ref
	// Words are all other string values: each may complete a dynamic
	// reference.
	Words []Word
	// Names are the tokens outside comments that end in an image suffix; the
	// last guard looks at those that no Ref explains.
	Names []Name
	// Derived are the ways in which code makes one file name from another.
	Derived []Derived
	// Replaced are the strings that a replace() puts something unknown for.
	Replaced []string
	// Imports are the files that this one pulls in.
	Imports []Import
	// Components are the usingComponents of a JSON file, and Generics' defaults.
	Components map[string]string
	// Generics are the components that a WXML file puts in for generic ones:
	// generic:row="card" lets row be card.
	Generics []Generic
	// Exports are the constant strings that other scripts may import.
	Exports map[string]Export
	// ConstUses counts the reads of other modules' constants; without a name,
	// of the module as a whole.
	ConstUses map[ConstUse]UseCount
	// LocalConsts are the constants of other modules that reach a local-only
	// API.
	LocalConsts []ConstUse
	// Public are the values given to the public path of a bundler's runtime,
	// x.p = "/".
	Public []string
	// KeepAll is set when the image of a local-only API could not be followed:
	// every image literal of the file stays. It is the place of the call.
	KeepAll *source.Span

	// Lost are the names of the properties whose value reaches a local-only API
	// from somewhere else: "" for one without a name.
	Lost []string
	// LostCalls are imported functions with an argument that could not be
	// followed; Ref.Given names those that get a value.
	LostCalls []string
	// Bound are the names that expressions bind to attributes of custom
	// components.
	Bound []Binding
	// LocalBound are the names that expressions bind to attributes of the
	// platform that take only files of the package.
	LocalBound []LocalBinding

	// LocalFuncs are the exported functions that hand a parameter to a
	// local-only API: image literals given to them in other files stay.
	LocalFuncs []string
	// Forwards are functions that others may call and that hand a parameter to
	// an imported one.
	Forwards []Forward

	// Only while Extract runs: the original bytes (the extractors tokenize a
	// masked copy with the same offsets), and the comments found.
	raw      string
	masked   string // raw in which no byte of another encoding looks like ASCII
	utf8     bool
	comments []source.Span
	opt      ExtractOptions
	room     *room

	steps int // that following the scripts took
}

// ParseError is a source that cannot be parsed.
type ParseError struct {
	Offset int
	Text   string
}

func (e *ParseError) Error() string { return e.Text }

// Position says how the platform reads the value that stands at a Ref: a row
// of the table in rules.go.
type Position uint8

// The positions, from the table of contexts.
const (
	// Plain: a string like any other; an image only if it names one.
	Plain Position = iota
	// ImagePos: the platform takes a file or a URL here.
	ImagePos
	// LocalOnly: the platform takes only a file of the package here, or the
	// documentation does not say.
	LocalOnly
)

// Base says against which folders a path in a Ref resolves.
type Base uint8

// The bases, from "How a path resolves" in the platform's rules.
const (
	// OwnFile: the folder of the file itself (WXSS; with the importing files
	// for languages compiled to it).
	OwnFile Base = iota
	// Rendered: the folder of whatever renders the WXML file.
	Rendered
	// ComponentAttr: an attribute of a custom component: its folder and the
	// page's. Ref.Tag names the component.
	ComponentAttr
	// Script: rendering folder, the file's folder, the app root.
	Script
	// API: an argument of a platform API: the app root.
	API
	// InJSONFile: the app root and the folder of the file.
	InJSONFile
	// ModuleID: no path at all but the name of a module in a bundle.
	ModuleID
)

// Form says how a new value is written into a Ref's span.
type Form uint8

// The forms.
const (
	// AttrText: inside the quotes of a WXML attribute (Ref.Quote is the quote,
	// 0 when the value was unquoted).
	AttrText Form = iota
	// ScriptText: inside the quotes of a script literal (Ref.Quote is ', " or
	// the back quote; Ref.Outer the quote of a WXML attribute around it).
	ScriptText
	// ScriptExpr: the span covers a whole expression that is replaced by a new
	// literal, quoted with Ref.Quote.
	ScriptExpr
	// CSSText: inside url(); Ref.Quote is the quote or 0 when bare. Ref.Outer
	// is the quote of a WXML attribute around it.
	CSSText
	// JSONText: never written.
	JSONText
)

// Ref is one place that may name an image.
type Ref struct {
	// Span is what an edit replaces: the whole value of a static reference,
	// the bytes that make Head in a dynamic one.
	Span source.Span
	// Whole is the whole value or expression, for places and coverage; it
	// equals Span in a static reference.
	Whole source.Span
	Form  Form
	Quote byte
	Outer byte
	Pos   Position
	Base  Base
	// Tag is the WXML element, API the script call or property: for hints, and
	// Tag for finding the component.
	Tag, API string
	// Prop is the innermost property, variable or attribute that takes the
	// value.
	Prop string

	// Value is the decoded value of a static reference, without padding.
	Value string
	// Dynamic references have a known Head and Tail around an unknown part.
	// HeadKnown is false when the unknown part comes first.
	Dynamic   bool
	HeadKnown bool
	// Deep: a slash stands between the unknown parts, so that the file lies in
	// a folder below the head's.
	Deep       bool
	Head, Tail string
	// Mid are the known parts between the unknown ones, when no head is known.
	Mid []string
	// Open: something unknown follows a static value.
	Open bool
	// Frozen forbids an edit: a literal glued to something else, or one that
	// could not be written back.
	Frozen bool
	// Const is set when the value begins with a constant that another script
	// sets; Value then holds what follows it.
	Const *ConstUse
	// Understood: a literal ending in "/" all of whose uses were understood as
	// heads of other Refs of this file, so that it keeps nothing.
	Understood bool
	// Exports are the names under which other scripts may import the value.
	Exports []string
	// Given are the imported functions that get the value as an argument.
	Given []string

	joined bool // an element of a list whose elements are joined
}

// Forward says that a function From hands a parameter to another, To.
type Forward struct{ From, To string }

// Binding is an attribute of a custom component with an expression, and the
// last names of the paths in it.
type Binding struct {
	Tag, Attr string
	Names     []string
}

// ConstUse is a use of a constant that another script sets. Module is as
// written; "" stands for the bundler's runtime, whose public path is "p".
type ConstUse struct{ Module, Name string }

// UseCount counts the reads of a name, and those that became the beginning of
// a reference.
type UseCount struct{ Reads, Understood int }

// Export is a constant string that a script exports, and where its value
// stands.
type Export struct {
	Value  string
	Offset int
}

// Word is a string value that is no path by itself.
type Word struct {
	Offset int
	Value  string
}

// Name is a run of bytes that ends in an image suffix. Text begins after the
// last byte that cannot be part of a file name (a quote, a slash, a bracket
// …) and may hold spaces.
type Name struct {
	Span source.Span
	Text string
}

// Derived is a file name made from another: every New at the end of a name
// (before or with the suffix) stands for Old.
type Derived struct {
	Offset   int
	Old, New string
}

// ImportKind is how a file pulls in another.
type ImportKind uint8

// The kinds of imports.
const (
	ImportTemplate ImportKind = iota // WXML <import> and <include>
	ImportWXS                        // WXML <wxs src>
	ImportStyle                      // @import
	ImportScript                     // require, import
)

// LocalBinding is an expression for an attribute that takes only files.
type LocalBinding struct {
	Offset int
	Names  []string
}

// Import is one file that another pulls in, as written. Bound says that a
// script knows all that it takes from the module by name.
type Import struct {
	Kind  ImportKind
	Path  string
	Bound bool
}

// Generic is a component that stands for a generic one.
type Generic struct{ Name, Tag string }
