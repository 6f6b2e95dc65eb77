package upload

import "strings"

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

// Region returns today's name of a COS region: old names are mapped, anything
// else is returned in lower case and without surrounding space.
func Region(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	if now, ok := oldRegions[name]; ok {
		return now
	}
	return name
}
