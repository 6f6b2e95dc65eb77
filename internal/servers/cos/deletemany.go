package cos

import (
	"encoding/xml"
	"net/http"
)

// maxDelete is the most keys in one request (document 436/8289).
const maxDelete = 1000

var errNoSuchVersion = &apiError{404, "NoSuchVersion", "The store keeps no versions."}

// deleteMany answers DELETE Multiple Objects. A key without an object counts
// as deleted, as it does for one alone.
func (s *Server) deleteMany(w http.ResponseWriter, q *request) error {
	var list struct {
		XMLName xml.Name `xml:"Delete"`
		Quiet   bool
		Object  []struct{ Key, VersionId string }
	}
	if err := q.decodeXML(w, &list, maxXML); err != nil {
		return err
	}
	if len(list.Object) == 0 || len(list.Object) > maxDelete {
		return errMalformedXML
	}
	b := newXML("DeleteResult")
	keys := make([]string, 0, len(list.Object))
	for _, o := range list.Object {
		var failed *apiError
		if o.VersionId != "" && o.VersionId != "null" {
			failed = errNoSuchVersion
		} else if err := checkKeyOrEmpty(o.Key); err != nil {
			failed = asAPIError(err)
		}
		if failed != nil {
			b.WriteString("<Error>")
			element(b, "Key", o.Key)
			element(b, "Code", failed.code)
			element(b, "Message", failed.message)
			b.WriteString("</Error>")
			continue
		}
		keys = append(keys, o.Key)
		if !list.Quiet {
			b.WriteString("<Deleted>")
			element(b, "Key", o.Key)
			b.WriteString("</Deleted>")
		}
	}
	if err := q.store.Delete(keys...); err != nil {
		return err
	}
	return endXML(w, b, "DeleteResult")
}

func checkKeyOrEmpty(key string) error {
	if key == "" {
		return invalidArgument("A key is empty.")
	}
	return checkKey(key)
}
