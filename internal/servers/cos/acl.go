package cos

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"slices"
	"strings"

	"github.com/wecos-go/wecos/internal/servers/cos/disk"
)

// acl is an access list. It is kept and given back; what it does here is to
// open an object to readers without a signature, or to close it. Nobody writes
// without one.
type acl struct {
	Canned string  `json:"canned,omitempty"` // "" or one of the names below
	Grants []grant `json:"grants,omitempty"` // to accounts
}

type grant struct {
	ID         string `json:"id"`
	Permission string `json:"permission"`
}

const (
	aclPrivate    = "private"
	aclRead       = "public-read"
	aclReadWrite  = "public-read-write"
	aclAuthRead   = "authenticated-read"
	aclDefault    = "default" // of an object: what the bucket says
	allUsers      = "http://cam.qcloud.com/groups/global/AllUsers"
	authenticated = "http://cam.qcloud.com/groups/global/AuthenticatedUsers"
)

var (
	bucketACLs = []string{aclPrivate, aclRead, aclReadWrite, aclAuthRead}
	objectACLs = []string{aclDefault, aclPrivate, aclRead, aclAuthRead, "bucket-owner-read", "bucket-owner-full-control"}
)

// grantHeaders name accounts: x-cos-grant-read: id="100000000001",id="…".
var grantHeaders = map[string]string{
	"X-Cos-Grant-Read": "READ", "X-Cos-Grant-Write": "WRITE", "X-Cos-Grant-Full-Control": "FULL_CONTROL",
	"X-Cos-Grant-Read-Acp": "READ_ACP", "X-Cos-Grant-Write-Acp": "WRITE_ACP",
}

var permissions = []string{"READ", "WRITE", "FULL_CONTROL", "READ_ACP", "WRITE_ACP"}

// maxGrants bounds an access list (document 436/12470 allows 100 on a bucket).
const maxGrants = 100

func (a acl) isSet() bool { return a.Canned != "" || len(a.Grants) > 0 }

func (a acl) isPublic() bool { return a.Canned == aclRead || a.Canned == aclReadWrite }

// aclFromHeader reads x-cos-acl and x-cos-grant-*.
func aclFromHeader(h http.Header, canned []string) (a acl, err error) {
	if v := h.Get("X-Cos-Acl"); v != "" {
		if !slices.Contains(canned, v) {
			return a, invalidArgument("x-cos-acl is not one of " + strings.Join(canned, ", ") + ".")
		}
		a.Canned = v
	}
	for name, permission := range grantHeaders {
		for part := range strings.SplitSeq(h.Get(name), ",") {
			if part = strings.TrimSpace(part); part == "" {
				continue
			}
			id, ok := strings.CutPrefix(part, "id=")
			if id = strings.Trim(id, `"`); !ok || id == "" {
				return a, invalidArgument(strings.ToLower(name) + ` must read id="…".`)
			}
			a.Grants = append(a.Grants, grant{id, permission})
		}
	}
	return a, a.check()
}

func (a acl) check() error {
	if len(a.Grants) > maxGrants {
		return &apiError{400, "AttachmentFull", "The access list has too many entries."}
	}
	slices.SortFunc(a.Grants, func(x, y grant) int { return strings.Compare(x.Permission+x.ID, y.Permission+y.ID) })
	return nil
}

// aclFromRequest reads the list from the headers or from the body, but not
// from both.
func (q *request) aclFromRequest(w http.ResponseWriter, canned []string) (acl, error) {
	a, err := aclFromHeader(q.Header, canned)
	if err != nil {
		return a, err
	}
	if q.ContentLength == 0 {
		if !a.isSet() {
			return a, invalidArgument("There is an access list neither in the headers nor in the body.")
		}
		return a, nil
	}
	var policy struct {
		XMLName xml.Name `xml:"AccessControlPolicy"`
		Grant   []struct {
			Grantee    struct{ ID, URI string }
			Permission string
		} `xml:"AccessControlList>Grant"`
	}
	if err := q.decodeXML(w, &policy, maxSettingXML); err != nil {
		return a, err
	}
	if a.isSet() {
		return a, invalidArgument("The access list is in the headers and in the body.")
	}
	public := map[string]bool{}
	for _, g := range policy.Grant {
		switch {
		case !slices.Contains(permissions, g.Permission):
			return a, errMalformedXML
		case g.Grantee.URI == allUsers || strings.HasSuffix(g.Grantee.ID, "anyone:anyone"):
			public[g.Permission] = true
		case g.Grantee.URI == authenticated:
			a.Canned = aclAuthRead
		case g.Grantee.ID == "":
			return a, errMalformedXML
		case g.Grantee.ID != ownerID(q.bucket.owner()):
			a.Grants = append(a.Grants, grant{g.Grantee.ID, g.Permission})
		}
	}
	switch {
	case public["FULL_CONTROL"] || public["WRITE"]:
		a.Canned = aclReadWrite
	case public["READ"]:
		a.Canned = aclRead
	case a.Canned == "":
		a.Canned = aclPrivate
	}
	if !slices.Contains(canned, a.Canned) {
		return a, invalidArgument("An object cannot be written by everybody.")
	}
	return a, a.check()
}

// ownerID is an account as access lists spell it.
func ownerID(account string) string {
	return "qcs::cam::uin/" + account + ":uin/" + account
}

func writeACL(w http.ResponseWriter, owner string, a acl) error {
	b := newXML("AccessControlPolicy")
	id := ownerID(owner)
	b.WriteString("<Owner>")
	element(b, "ID", id)
	element(b, "DisplayName", id)
	b.WriteString("</Owner><AccessControlList>")
	write := func(kind, name, value, permission string) {
		b.WriteString(`<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="` + kind + `">`)
		element(b, name, value)
		b.WriteString("</Grantee>")
		element(b, "Permission", permission)
		b.WriteString("</Grant>")
	}
	write("CanonicalUser", "ID", id, "FULL_CONTROL")
	for _, g := range a.Grants {
		write("CanonicalUser", "ID", g.ID, g.Permission)
	}
	switch a.Canned {
	case aclRead:
		write("Group", "URI", allUsers, "READ")
	case aclReadWrite:
		write("Group", "URI", allUsers, "READ")
		write("Group", "URI", allUsers, "WRITE")
	case aclAuthRead:
		write("Group", "URI", authenticated, "READ")
	}
	if a.Canned != "" {
		w.Header().Set("X-Cos-Acl", a.Canned)
	}
	b.WriteString("</AccessControlList>")
	return endXML(w, b, "AccessControlPolicy")
}

func (s *Server) bucketACL(w http.ResponseWriter, q *request) error {
	a := q.bucket.settings().ACL
	if a.Canned == "" {
		a.Canned = aclRead
		if s.opt.Private {
			a.Canned = aclPrivate
		}
	}
	return writeACL(w, q.bucket.owner(), a)
}

func (s *Server) setBucketACL(w http.ResponseWriter, q *request) error {
	a, err := q.aclFromRequest(w, bucketACLs)
	if err != nil {
		return err
	}
	if err := q.bucket.setACL(a); err != nil {
		return err
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

const attrACL = "acl"

// objectACLOf reads the list that is kept with an object.
func objectACLOf(info disk.Info) acl {
	var a acl
	if text := info.Attr[attrACL]; text == "" || json.Unmarshal([]byte(text), &a) != nil {
		return acl{}
	}
	return a
}

func (a acl) attr() string {
	if !a.isSet() || a.Canned == aclDefault && len(a.Grants) == 0 {
		return ""
	}
	text, err := json.Marshal(a)
	if err != nil {
		return "" // strings always marshal
	}
	return string(text)
}

func (s *Server) objectACL(w http.ResponseWriter, q *request) error {
	info, err := q.store.Stat(q.key)
	if err != nil {
		return err
	}
	a := objectACLOf(info)
	if a.Canned == "" {
		a.Canned = aclDefault
	}
	return writeACL(w, q.bucket.owner(), a)
}

func (s *Server) setObjectACL(w http.ResponseWriter, q *request) error {
	a, err := q.aclFromRequest(w, objectACLs)
	if err != nil {
		return err
	}
	if err := q.store.SetAttr(q.key, attrACL, a.attr()); err != nil {
		return err
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

// readable reports whether anybody may read the object.
func (s *Server) readable(q *request) bool {
	info, err := q.store.Stat(q.key)
	a := objectACLOf(info)
	if err != nil || a.Canned == "" || a.Canned == aclDefault {
		a = q.bucket.settings().ACL
	}
	if a.Canned == "" {
		return !s.opt.Private
	}
	return a.isPublic()
}
