package nodeconfig

import (
	"errors"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/config/jsonc"
)

// show writes a value as compact JSON, keys in the order of the file.
func show(v jsonc.Value) string {
	var parts []string
	switch v.Kind() {
	case jsonc.Object:
		for _, m := range v.Members() {
			parts = append(parts, m.Key.Text()+":"+show(m.Value))
		}
		return "{" + strings.Join(parts, ",") + "}"
	case jsonc.Array:
		for _, e := range v.Elements() {
			parts = append(parts, show(e))
		}
		return "[" + strings.Join(parts, ",") + "]"
	case jsonc.String:
		return "'" + v.Text() + "'"
	case jsonc.Bool:
		if v.True() {
			return "true"
		}
		return "false"
	case jsonc.Null:
		return "null"
	}
	return v.Text()
}

func TestParse(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"usual", "/**\n * 配置\n */\nmodule.exports = {\n  port: '9993', // 端口\n  ROUTE_BASE_PATH: \"/applet\",\n  cosAppId: 1250000000,\n};\n",
			"{port:'9993',ROUTE_BASE_PATH:'/applet',cosAppId:1250000000}"},
		{"quotes and escapes", "module.exports = { a: 'it\\'s', \"b\": \"\\u56fe\\x41\", 'c-d': `x\ny`, 1: 'one', e: 'a\\\nb' }",
			"{a:'it's',b:'图A',c-d:'x\ny',1:'one',e:'ab'}"},
		{"nested", "module.exports = { redisConfig: { host: '127.0.0.1', port: 6379, list: [1, 'x', [true,], null,], }, }",
			"{redisConfig:{host:'127.0.0.1',port:6379,list:[1,'x',[true],null]}}"},
		{"numbers", "module.exports = { a: -1, b: +2, c: 0x1F, d: 0, e: 1.5, f: 1e3, g: 2.0 }", "{a:-1,b:2,c:31,d:0,e:1.5,f:1e3,g:2.0}"},
		{"declared before", "'use strict'\nconst CONF = { port: 1 }\nlet other = {};\nmodule.exports = CONF", "{port:1}"},
		{"both exports", "exports = module.exports = { port: 1 };;", "{port:1}"},
		{"ES module", "export default { port: 1 }", "{port:1}"},
		{"mark and comments", "\uFEFF#!/usr/bin/env node\n// a\nmodule.exports/* b */=/* c */{/* d */}// e", "{}"},
		{"keywords as keys", "module.exports = { default: 1, new: 2, true: 3 }", "{default:1,new:2,true:3}"},
		{"a key twice", "module.exports = { a: 1, a: 2 }", "{a:1,a:2}"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v, err := Parse([]byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if got := show(v); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// Positions are those of the file.
func TestPositions(t *testing.T) {
	v, err := Parse([]byte("// 图\nmodule.exports = {\n  a: {\n    '图': 'x', b: 2 } }"))
	if err != nil {
		t.Fatal(err)
	}
	a, _ := v.Get("a")
	b, _ := a.Get("b")
	if line, column := b.Position(); line != 4 || column != 18 {
		t.Errorf("b stands at %d:%d", line, column)
	}
}

func TestRefused(t *testing.T) {
	const executed = "this would have to be executed, and only data is read"
	const secret = "AKIDverysecret"
	for _, tt := range []struct{ name, in, want, fix string }{
		{"environment", "module.exports = {\n  port: process.env.PORT || '9993' }", "2:9: variables of the environment are not looked up here", fixValue},
		{"or", "module.exports = { key: '" + secret + "' || 'x' }", "1:25: this is an expression, and only data is read", fixValue},
		{"sum", "module.exports = { key: '" + secret + "' + 'x' }", "1:25: this is an expression, and only data is read", fixValue},
		{"number expression", "module.exports = { ttl: 2 * 3600 }", "1:25: this is an expression, and only data is read", fixValue},
		{"method call", "module.exports = { key: '" + secret + "'.trim() }", "1:25: this is an expression, and only data is read", fixValue},
		{"template", "module.exports = { key: `" + secret + "${x}` }", "1:25: a template string with ${…} would have to be worked out", fixValue},
		{"require", "module.exports = { key: require('./key') }", "1:25: other files are not read", "put what it reads into this file"},
		{"name", "module.exports = { dir: __dirname }", "1:25: this is not a plain value: a name, a call or a function", fixValue},
		{"function", "module.exports = { f: function () {} }", "1:23: this is not a plain value: a name, a call or a function", fixValue},
		{"arrow", "module.exports = { f: () => 1 }", "1:23: this is not a plain value", fixValue},
		{"regular expression", "module.exports = { f: /x/ }", "1:23: this is not a plain value", fixValue},
		{"not", "module.exports = { f: !0 }", "1:23: this is not a plain value", fixValue},
		{"shorthand", "module.exports = { port }", "1:20: this key has no plain value", fixValue},
		{"method", "module.exports = { f() {} }", "1:20: this key has no plain value", fixValue},
		{"computed key", "module.exports = { [x]: 1 }", "1:20: a key is missing here", ""},
		{"spread", "module.exports = { ...base }", "1:20: another object cannot be spread here", "put its keys here"},
		{"hole", "module.exports = { a: [1,,2] }", "1:26: this is not a plain value", fixValue},
		{"octal", "module.exports = { a: 010 }", "1:23: this number is not understood", "write it in plain digits"},
		{"large", "module.exports = { a: 12n }", "1:23: this number is not understood", "write it in plain digits"},
		{"no comma", "module.exports = { a: 1 b: 2 }", "1:25: a comma is missing before this", ""},
		{"colon", "module.exports = { a: 1 : 2 }", "1:25: a comma is missing before this", ""},
		{"undefined", "module.exports = { a: undefined }", "1:23: this is not a plain value: a name, a call or a function", fixValue},
		{"code before", "const path = require('path');\nmodule.exports = {}", "1:1: " + executed, fixShape},
		{"code after", "module.exports = {};\nconsole.log('" + secret + "')", "2:1: " + executed, "end the file with the object"},
		{"assigned", "module.exports = {}\nmodule.exports.key = '" + secret + "'", "2:1: " + executed, "end the file with the object"},
		{"operator behind", "module.exports = {} || x", "1:21: " + executed, fixShape},
		{"conditional", "const a = {}\nmodule.exports = a ? a : b", "2:20: " + executed, fixShape},
		{"function export", "module.exports = () => ({})", "1:18: only an object can be exported here", fixShape},
		{"list", "module.exports = [1]", "1:18: only an object can be exported here", fixShape},
		{"nothing", "", "1:1: the file does not export anything", fixShape},
		{"only comments", "// nothing", "1:11: the file does not export anything", fixShape},
		{"no value", "module.exports =", "1:17: only an object can be exported here", fixShape},
		{"open", "module.exports = { a: 'x'", "1:18: a bracket is never closed", ""},
		{"open string", "module.exports = { a: '" + secret, "1:23: a string is never closed", ""},
		{"open comment", "/* module.exports = {}", "1:1: a comment is never closed", ""},
		{"not UTF-8", "module.exports = { a: '\xd6\xd0' }", "1:1: the file is not UTF-8 text", "save it as UTF-8"},
		{"deep", "module.exports = { a: " + strings.Repeat("[", 202) + strings.Repeat("]", 202) + " }", "1:223: more than 200 brackets within each other", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse([]byte(tt.in))
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("err = %v, want an *Error", err)
			}
			if e.Error() != tt.want || e.Hint() != tt.fix {
				t.Errorf("got  %s | %s\nwant %s | %s", e, e.Hint(), tt.want, tt.fix)
			}
			if strings.Contains(err.Error(), secret) {
				t.Error("the error quotes a value")
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	seeds := []string{
		"", "module.exports = {}", "module.exports = { a: 'x', b: [1, -2,], \"c\": { d: `e` } }", "exports = module.exports = {};",
		"const A = { a: 1 }; module.exports = A", "export default { a: 0x1f }", "'use strict'\nmodule.exports = { a: process.env.X || 'y' }",
		"module.exports = { a: '\\u{1F600}\\x41\\\n' }", "module.exports = { a: 'b' + `c${d}` }", "\uFEFF// x\nmodule.exports={[", "module.exports = { a: /x/g, }",
	}
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	if len(seeds) != 11 {
		f.Fatalf("%d seeds", len(seeds))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := Parse(data)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Line < 1 || e.Column < 1 {
				t.Fatalf("bad error %v", err)
			}
			return
		}
		if v.Kind() != jsonc.Object {
			t.Fatalf("the root is %s", v.Kind())
		}
		walk(t, v)
	})
}

func walk(t *testing.T, v jsonc.Value) {
	if line, column := v.Position(); line < 1 || column < 1 || v.Kind() == "" {
		t.Fatalf("%q at %d:%d", v.Kind(), line, column)
	}
	_ = v.Text()
	for _, m := range v.Members() {
		walk(t, m.Key)
		walk(t, m.Value)
	}
	for _, e := range v.Elements() {
		walk(t, e)
	}
}
