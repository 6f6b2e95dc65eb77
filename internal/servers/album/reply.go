package album

import (
	"net/http"

	"github.com/wecos-go/wecos/internal/servers/kit"
)

// The messages that clients show, word for word those of the published server
// down to the failed upload.
const (
	msgOK         = "ok"
	msgFailed     = "failed"
	msgParameter  = "参数错误"
	msgType       = "仅jpg/png格式"
	msgSize       = "单个不超过5MB"
	msgUpload     = "图片上传失败，请稍候再试"
	msgDimensions = "图片尺寸过大"
	msgFull       = "相册空间已满"
	msgToken      = "需要上传口令"
)

// envelope is every reply.
type envelope struct {
	Code int    `json:"code"`
	Msg  string `json:"msg"`
	Data any    `json:"data"`
}

// problem is the data of failures that the published server explained.
type problem struct {
	Name    string `json:"name"`
	Message string `json:"message"`
}

var (
	forbidden  = problem{"Error", "operation forbidden"}
	malformed  = problem{"URIError", "URI malformed"}
	storage    = problem{"Error", "storage failure"}
	noToken    = problem{"TokenError", "token required"}
	wrongToken = problem{"TokenError", "token refused"}
)

func reply(w http.ResponseWriter, r *http.Request, data any) error {
	return kit.WriteJSON(w, r, envelope{0, msgOK, data})
}

// failure answers with code -1; nil is no data.
func failure(w http.ResponseWriter, r *http.Request, msg string, data any) error {
	if data == nil {
		data = struct{}{}
	}
	return kit.WriteJSON(w, r, envelope{-1, msg, data})
}

// fail words what the kit refused and what went wrong here.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, _ error) {
	_ = failure(w, r, msgFailed, nil)
}
