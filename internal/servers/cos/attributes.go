package cos

import (
	"net/http"
	"strings"

	"github.com/wecos-go/wecos/internal/servers/cos/disk"
)

// storageClasses are those whose objects can be read at once, as all can here.
var storageClasses = map[string]bool{
	"STANDARD": true, "STANDARD_IA": true, "INTELLIGENT_TIERING": true,
	"MAZ_STANDARD": true, "MAZ_STANDARD_IA": true, "MAZ_INTELLIGENT_TIERING": true,
}

const attrClass = "class"

func storageClass(attr map[string]string) string {
	if c := attr[attrClass]; c != "" {
		return c
	}
	return "STANDARD"
}

// attributes reads what the headers say about a new object besides its
// content.
func attributes(h http.Header, canned []string) (map[string]string, error) {
	for name := range h {
		if strings.HasPrefix(name, "X-Cos-Server-Side-Encryption") {
			return nil, errEncryption
		}
	}
	list, err := aclFromHeader(h, canned)
	if err != nil {
		return nil, err
	}
	tags, err := tagsFromHeader(h)
	if err != nil {
		return nil, err
	}
	class := h.Get("X-Cos-Storage-Class")
	if class != "" && !storageClasses[class] {
		return nil, errStorageClass
	}
	if class == "STANDARD" {
		class = ""
	}
	var attr map[string]string
	for name, v := range map[string]string{attrACL: list.attr(), attrTags: tagsAttr(tags), attrClass: class} {
		if v == "" {
			continue
		}
		if attr == nil {
			attr = make(map[string]string)
		}
		attr[name] = v
	}
	return attr, nil
}

// newObject reads all that a request says about the object in its body.
func (s *Server) newObject(w http.ResponseWriter, q *request, canned []string) (disk.PutOptions, error) {
	opt, err := s.content(w, q)
	if err != nil {
		return opt, err
	}
	if opt.Header, err = keep(q.Header); err != nil {
		return opt, err
	}
	if opt.Attr, err = attributes(q.Header, canned); err != nil {
		return opt, err
	}
	opt.New = q.Header.Get("X-Cos-Forbid-Overwrite") == "true"
	return opt, nil
}
