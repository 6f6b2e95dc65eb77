package config

import "testing"

func TestRegion(t *testing.T) {
	for given, want := range map[string]string{
		"gz": "ap-guangzhou", " CN-South ": "ap-guangzhou", "tj": "ap-beijing-1", "sgp": "ap-singapore", "ger": "eu-frankfurt", // old
		"ap-beijing-1": "ap-beijing-1", "ap-beijing-2": "ap-beijing-2", "ap-shenzhen-fsi": "ap-shenzhen-fsi", // further ones of a city
		"accelerate": "accelerate", "na-siliconvalley": "na-siliconvalley",
		"me-riyadh": "me-riyadh", "ap-osaka": "ap-osaka", "eu-paris-1": "eu-paris-1", // newer than this program
	} {
		w := mustLoad(t, `{"cos": {"region": "`+given+`"}}`, func(o *LoadOptions) { o.NoAccount = true })
		if w.COS.Region != want {
			t.Errorf("%q is %q, want %q", given, w.COS.Region, want)
		}
	}
	for given, want := range map[string]string{
		"ap-guangzho": "ap-guangzhou", "ap-hong-kong": "ap-hongkong", "na-silicon-valley": "na-siliconvalley", "apshanghai": "ap-shanghai", "tokyo": "ap-tokyo",
	} {
		if near, known := nearRegion(given); near != want || known {
			t.Errorf("%q is near %q (known %t), want %q", given, near, known, want)
		}
	}
	// Another service has its own names.
	mustLoad(t, `{"cos": {"region": "us-east-1", "endpoint": "https://s.example.com"}}`, func(o *LoadOptions) { o.NoAccount = true })
}
