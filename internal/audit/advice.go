package audit

import "github.com/wecos-go/wecos/internal/scan"

// Advice is what the platform recommends, or asks of some, beside its limits.
// Being over it refuses no upload.
type Advice struct {
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
	Limit int64  `json:"limit"`
	Over  bool   `json:"over"`
	Hint  string `json:"hint"`
}

// The names of Advice.
const (
	MainAdvice     = "main-package"   // below 1.5 MB, so that it starts fast
	MediaAdvice    = "images-audio"   // 200 KB in sum, from the platform's code check
	ProviderAdvice = "provider-total" // 20 MB where a service provider builds the app
)

// The figures, in bytes, from the platform's documentation of July 2026.
const (
	mainAdvice     = 3 << 19
	mediaAdvice    = 200 << 10
	providerAdvice = 20 << 20
)

// advice compares what ships with the platform's advice.
func advice(tree *scan.Tree, files []File) []Advice {
	var media int64
	for _, f := range files {
		if f.Kind == Image || f.Kind == Audio {
			media += f.Bytes
		}
	}
	sizes := tree.Sizes(nil)
	row := func(name string, bytes, limit int64, hint string) Advice {
		return Advice{Name: name, Bytes: bytes, Limit: limit, Over: bytes > limit, Hint: hint}
	}
	return []Advice{
		row(MainAdvice, sizes.Packages[0], mainAdvice, "a main package below this starts faster"),
		row(MediaAdvice, media, mediaAdvice, "the platform's code check asks for images and audio below this in sum: put them online"),
		row(ProviderAdvice, sizes.Total, providerAdvice, "the limit of all packages where a service provider builds the app"),
	}
}
