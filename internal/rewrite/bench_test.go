package rewrite

import (
	"fmt"
	"strings"
	"testing"
)

// bundle is a minified script of about a megabyte as bundlers write it: mostly
// code, here and there an image.
func bundle() []byte {
	var b strings.Builder
	for i := 0; b.Len() < 1<<20; i++ {
		fmt.Fprintf(&b, `"%04x":function(e,t,n){"use strict";Object.defineProperty(t,"__esModule",{value:!0});var r=n("%04x"),o=function(e){return e&&e.__esModule?e:{default:e}}(r);`, i, i+1)
		b.WriteString(`t.default={data:function(){return{list:[],page:1,loading:!1,title:"标题"}},methods:{load:function(){var e=this;this.loading||(this.loading=!0,o.default.get("/api/goods/list",{page:this.page}).then(function(t){e.list=e.list.concat(t.data.map(function(e){return{id:e.id,price:(e.price/100).toFixed(2),cover:e.cover.replace(/^http:/,"https:")}})),e.page++,e.loading=!1}))}}};`)
		if i%20 == 0 {
			fmt.Fprintf(&b, `t.icon="/static/icons/%d.png";t.bg=n.p+"static/img/bg_"+e+".png";`, i)
		}
		b.WriteString("},\n")
	}
	return []byte("var x={" + b.String() + "};")
}

func BenchmarkExtract(b *testing.B) {
	data := bundle()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if f := Extract("common/vendor.js", data, ExtractOptions{Suffixes: testSuffixes}); f.Err != nil {
			b.Fatal(f.Err)
		}
	}
}

// BenchmarkDecide decides over 500 pages with 1,500 references to 2,000 images.
func BenchmarkDecide(b *testing.B) {
	in := Input{URLBases: []string{testBase}, URL: func(p string, _ bool) string { return testBase + p }}
	for i := range 2000 {
		in.Images = append(in.Images, Image{Path: fmt.Sprintf("images/%02d/%04d.png", i/100, i)})
	}
	add := func(path, text string) {
		in.Sources = append(in.Sources, Extract(path, []byte(text), ExtractOptions{Suffixes: testSuffixes}))
	}
	add("app.json", `{"pages":[]}`)
	for i := range 500 {
		p := fmt.Sprintf("pages/p%03d/p%03d", i, i)
		in.Pages = append(in.Pages, p)
		add(p+".js", fmt.Sprintf(`Page({data:{a:'/images/%02d/%04d.png'},f(){wx.navigateTo({url:'/pages/p%03d/p%03d?id='+this.id})}})`, i%20, i%20*100+i%7, i, i))
		add(p+".json", `{"usingComponents":{"card":"/components/card/card"}}`)
		add(p+".wxml", fmt.Sprintf(`<view><image src="../../images/%02d/%04d.png"/><card title="{{title}}" icon="/images/00/0001.png"/></view>`, i%20, i%20*100+i%11))
		add(p+".wxss", fmt.Sprintf(`.a{background:url(/images/%02d/%04d.png)}`, i%20, i%20*100+i%13))
	}
	b.ReportAllocs()
	for b.Loop() {
		Decide(in)
	}
}
