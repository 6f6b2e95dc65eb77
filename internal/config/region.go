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
	region, problem, fix := readRegion(d.region, "cos.endpoint", d.endpoint != "")
	w.COS.Region = region
	if problem != "" {
		return d.fail("cos.region", fix, "%s", problem)
	}
	return nil
}

// readRegion gives a region today's name. What is wrong with it is the end of a
// sentence that begins with its key. Another service than COS, which is named by
// the key endpoint, has regions of its own.
func readRegion(given, endpoint string, other bool) (name, problem, fix string) {
	name = strings.ToLower(given)
	if now, ok := oldRegions[name]; ok {
		name = now
	}
	const bad, example = "is not a region", `a region looks like "ap-guangzhou"`
	switch {
	case name == "":
		return "", "", ""
	case other && !regionName.MatchString(name):
		return name, bad, example
	case other:
		return name, "", ""
	}
	near, known := nearRegion(name)
	switch {
	case known:
		return name, "", ""
	case near != "":
		return name, `"` + shorten(name) + `" is no region that is known`,
			`did you mean "` + near + `"? One that is newer than this program goes into ` + endpoint
	case !anyRegion.MatchString(name):
		return name, bad, example
	}
	return name, "", ""
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
