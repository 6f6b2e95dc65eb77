package config

import (
	"regexp"
	"strings"
)

// oldRegions are names from before 2018 that still stand in people's configs.
var oldRegions = map[string]string{
	"tj": "ap-beijing-1", "cn-north": "ap-beijing-1",
	"bj": "ap-beijing",
	"sh": "ap-shanghai", "cn-east": "ap-shanghai",
	"gz": "ap-guangzhou", "cn-south": "ap-guangzhou",
	"cd": "ap-chengdu", "cn-southwest": "ap-chengdu",
	"sg": "ap-singapore", "sgp": "ap-singapore",
	"hk":  "ap-hongkong",
	"ca":  "na-toronto",
	"ger": "eu-frankfurt",
}

// regions are those that COS has (document 436/6224), and the name that stands
// for all of them. The list is for suggestions: new ones appear.
var regions = []string{
	"ap-beijing", "ap-nanjing", "ap-shanghai", "ap-guangzhou", "ap-chengdu", "ap-chongqing", "ap-shenzhen",
	"ap-hongkong", "ap-singapore", "ap-mumbai", "ap-jakarta", "ap-seoul", "ap-bangkok", "ap-tokyo",
	"na-siliconvalley", "na-ashburn", "na-toronto", "sa-saopaulo", "eu-frankfurt", "eu-moscow",
	"accelerate",
}

// anyRegion is a continent, a city, and what tells regions in one city apart.
var anyRegion = regexp.MustCompile(`^(?:(?:ap|na|sa|eu|me|af|oc)-[a-z]{1,30}(?:-[a-z0-9]{1,8})?|accelerate)$`)

// checkRegion checks cos.region and gives it today's name.
func (d *draft) checkRegion(w *Wecos) error {
	name := strings.ToLower(d.region)
	if now, ok := oldRegions[name]; ok {
		name = now
	}
	w.COS.Region = name
	if name == "" {
		return nil
	}
	if d.endpoint != "" { // another service has its own names
		if !regionName.MatchString(name) {
			return d.fail("cos.region", `a region looks like "ap-guangzhou"`, "is not a region")
		}
		return nil
	}
	near, known := nearRegion(name)
	switch {
	case known:
		return nil
	case near != "":
		return d.fail("cos.region", `did you mean "`+near+`"? One that is newer than this program goes into cos.endpoint`, "%q is no region that is known", shorten(name))
	case !anyRegion.MatchString(name):
		return d.fail("cos.region", `a region looks like "ap-guangzhou"`, "is not a region")
	}
	return nil
}

// nearRegion returns the region that name was probably meant to be, or "". A
// further region of a city that has one is known.
func nearRegion(name string) (near string, known bool) {
	best := 3
	for _, r := range regions {
		if name == r || strings.HasPrefix(name, r+"-") {
			return "", true
		}
		if distance := editDistance(plainName(name), plainName(r)); distance < min(best, len(r)/4) {
			best, near = distance, r
		}
		_, city, _ := strings.Cut(r, "-")
		if city != "" && plainName(name) == city { // the continent is missing
			return r, false
		}
	}
	return near, false
}
