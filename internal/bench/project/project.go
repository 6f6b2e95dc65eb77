// Package project makes mini-programs of any size for measurements: pages with
// sources of usual lengths, images of random content, and references that are
// spread over WXML, WXSS and JavaScript. The same Size always gives the same
// files. It never writes outside the folder it is given.
package project

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// Size says how much there is of everything.
type Size struct {
	Pages, Images, References int
	MinBytes, MaxBytes        int // of an image
}

// Default is the project that the targets are stated for.
var Default = Size{Pages: 500, Images: 2000, References: 1500, MinBytes: 2 << 10, MaxBytes: 20 << 10}

// Write makes the project in dir, which must not exist yet.
func Write(dir string, size Size) error {
	if size.Pages < 1 || size.Images < 1 || size.MinBytes < 8 || size.MaxBytes < size.MinBytes {
		return fmt.Errorf("cannot make a project of %+v", size)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	w := writer{dir: dir, rnd: rand.New(rand.NewPCG(1, 2))}
	w.images(size)
	w.app(size)
	for page := range size.Pages {
		w.page(size, page)
	}
	return w.err
}

// writer keeps the first error, so that the code above reads straight on.
type writer struct {
	dir string
	rnd *rand.Rand
	err error
}

func (w *writer) file(name string, data []byte) {
	if w.err != nil {
		return
	}
	path := filepath.Join(w.dir, filepath.FromSlash(name))
	if w.err = os.MkdirAll(filepath.Dir(path), 0o755); w.err == nil {
		w.err = os.WriteFile(path, data, 0o644)
	}
}

// image is the path of the nth image: forty to a folder.
func image(n int) string { return fmt.Sprintf("images/set-%02d/picture-%04d.png", n/40, n) }

func (w *writer) images(size Size) {
	for n := range size.Images {
		data := make([]byte, size.MinBytes+w.rnd.IntN(size.MaxBytes-size.MinBytes+1))
		copy(data, "\x89PNG\r\n\x1a\n")
		for i := 8; i < len(data); i++ {
			data[i] = byte(w.rnd.Uint32())
		}
		w.file(image(n), data)
	}
}

func pagePath(n int) string { return fmt.Sprintf("pages/part-%02d/page-%03d", n/20, n) }

func (w *writer) app(size Size) {
	pages := make([]string, size.Pages)
	for n := range pages {
		pages[n] = fmt.Sprintf("    %q", pagePath(n)+"/index")
	}
	w.file("app.json", []byte("{\n  \"pages\": [\n"+strings.Join(pages, ",\n")+"\n  ]\n}\n"))
	w.file("app.js", []byte("App({})\n"))
	w.file("app.wxss", []byte("page { color: #333 }\n"))
}

// page writes one page with its share of the references, taking turns between
// the three languages.
func (w *writer) page(size Size, n int) {
	var wxml, js, wxss strings.Builder
	for ref := n * size.References / size.Pages; ref < (n+1)*size.References/size.Pages; ref++ {
		path := image(ref % size.Images)
		switch ref % 3 {
		case 0:
			fmt.Fprintf(&wxml, "<image class=\"picture\" mode=\"aspectFill\" src=\"/%s\" />\n", path)
		case 1:
			fmt.Fprintf(&js, "    { id: %d, title: '条目 %d', cover: '/%s' },\n", ref, ref, path)
		case 2:
			fmt.Fprintf(&wxss, ".cover-%d { background: url(\"/%s\") no-repeat; }\n", ref, path)
		}
	}
	base := pagePath(n) + "/index"
	w.file(base+".json", []byte("{\n  \"usingComponents\": {}\n}\n"))
	w.file(base+".wxml", []byte(wxmlText(n)+wxml.String()))
	w.file(base+".js", []byte(jsText(n, js.String())))
	w.file(base+".wxss", []byte(wxssText()+wxss.String()))
}

func wxmlText(n int) string {
	var b strings.Builder
	for i := range 12 {
		fmt.Fprintf(&b, "<view class=\"row row-%d\" wx:if=\"{{list.length > %d && state === 'open'}}\" bind:tap=\"select\" data-id=\"{{item.id}}\">\n"+
			"  <text class=\"title\">{{item.title || '标题 %d'}}</text>\n</view>\n", i, i, n)
	}
	return b.String()
}

func jsText(n int, list string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "const app = getApp()\n\nPage({\n  data: {\n    state: 'open',\n    list: [\n%s    ]\n  },\n\n", list)
	for i := range 10 {
		fmt.Fprintf(&b, "  // 第 %d 个动作\n  action%d(event) {\n    const { id } = event.currentTarget.dataset\n"+
			"    if (/^\\d+$/.test(id) && id / 2 > %d) {\n      this.setData({ [`selected.${id}`]: true, label: \"编号 \" + id })\n    }\n"+
			"    app.track('page-%d', { id, at: Date.now() })\n  },\n\n", i, i, i, n)
	}
	b.WriteString("  onLoad() {}\n})\n")
	return b.String()
}

func wxssText() string {
	var b strings.Builder
	for i := range 15 {
		fmt.Fprintf(&b, ".row-%d {\n  display: flex;\n  padding: %drpx 24rpx;\n  border-bottom: 1rpx solid rgba(0, 0, 0, 0.%d);\n}\n\n", i, i*2, i%9+1)
	}
	return b.String()
}
