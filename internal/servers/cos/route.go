package cos

import "net/http"

// handler answers a request, or returns an error before it has begun to.
type handler func(*Server, http.ResponseWriter, *request) error

// route is what a request asks for: the method and the sub-resource, which is
// empty for the object or the bucket itself.
type route struct{ method, sub string }

var serviceRoutes = map[route]handler{
	{http.MethodGet, ""}: (*Server).listBuckets,
}

var bucketRoutes = map[route]handler{
	{http.MethodGet, ""}:           (*Server).list,
	{http.MethodHead, ""}:          (*Server).headBucket,
	{http.MethodPut, ""}:           (*Server).createBucket,
	{http.MethodDelete, ""}:        (*Server).deleteBucket,
	{http.MethodPost, "delete"}:    (*Server).deleteMany,
	{http.MethodGet, "uploads"}:    (*Server).listUploads,
	{http.MethodGet, "location"}:   (*Server).location,
	{http.MethodGet, "versioning"}: (*Server).versioning,
	{http.MethodPut, "versioning"}: (*Server).notImplemented,
	{http.MethodGet, "acl"}:        (*Server).bucketACL,
	{http.MethodPut, "acl"}:        (*Server).setBucketACL,
	{http.MethodGet, "cors"}:       (*Server).cors,
	{http.MethodPut, "cors"}:       (*Server).setCORS,
	{http.MethodDelete, "cors"}:    (*Server).deleteCORS,
	{http.MethodGet, "tagging"}:    (*Server).bucketTags,
	{http.MethodPut, "tagging"}:    (*Server).setBucketTags,
	{http.MethodDelete, "tagging"}: (*Server).deleteBucketTags,
}

var objectRoutes = map[route]handler{
	{http.MethodGet, ""}:               (*Server).get,
	{http.MethodHead, ""}:              (*Server).get,
	{http.MethodPut, ""}:               (*Server).put,
	{http.MethodDelete, ""}:            (*Server).delete,
	{http.MethodPost, "append"}:        (*Server).append,
	{http.MethodPost, "image_process"}: (*Server).processObject,
	{http.MethodPost, "uploads"}:       (*Server).begin,
	{http.MethodGet, "uploadId"}:       (*Server).listParts,
	{http.MethodPut, "uploadId"}:       (*Server).putPart,
	{http.MethodPost, "uploadId"}:      (*Server).complete,
	{http.MethodDelete, "uploadId"}:    (*Server).abort,
	{http.MethodGet, "acl"}:            (*Server).objectACL,
	{http.MethodPut, "acl"}:            (*Server).setObjectACL,
	{http.MethodGet, "tagging"}:        (*Server).objectTags,
	{http.MethodPut, "tagging"}:        (*Server).setObjectTags,
	{http.MethodDelete, "tagging"}:     (*Server).deleteObjectTags,
}

// unset are configurations that no bucket here can have. The truth about them
// is the service's error for a bucket without one.
var unset = map[string]*apiError{
	"lifecycle":   {404, "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist."},
	"website":     {404, "NoSuchWebsiteConfiguration", "The bucket has no website configuration."},
	"encryption":  {404, "NoSuchEncryptionConfiguration", "The bucket has no default encryption."},
	"replication": {404, "ReplicationConfigurationNotFoundError", "The replication configuration was not found."},
	"policy":      {404, "NoSuchBucketPolicy", "The bucket has no policy."},
	"object-lock": {404, "NoSuchObjectLockConfiguration", "The bucket has no object lock."},
	"origin":      {404, "OriginConfigurationNotFoundError", "The bucket has no origin."},
	"inventory":   {404, "InventoryConfigurationNotFoundError", "The bucket has no inventory."},

	"logging":             {404, "NoSuchLoggingConfiguration", "The bucket has no logging."},
	"intelligent-tiering": {404, "NoSuchIntelligentTieringConfiguration", "The bucket has no tiering."},
}

func (s *Server) notImplemented(http.ResponseWriter, *request) error { return errNotImplemented }

// route finds the handler. An operation that is documented and missing here
// is not implemented; a method that no operation has is not allowed.
func (s *Server) route(w http.ResponseWriter, q *request) error {
	routes := objectRoutes
	switch {
	case q.service:
		routes = serviceRoutes
	case q.key == "":
		routes = bucketRoutes
	}
	if h := routes[route{q.Method, q.sub}]; h != nil {
		return h(s, w, q)
	}
	if e := unset[q.sub]; e != nil && q.key == "" && q.Method == http.MethodGet {
		return e
	}
	for r := range routes {
		if r.sub == q.sub {
			return errMethodNotAllowed
		}
	}
	return errNotImplemented
}
