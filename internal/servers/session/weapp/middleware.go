package weapp

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// Middleware hands requests on to next with their session in the context, and
// those that say nothing of a session without one. A request whose session is not
// good gets the protocol's error, and next does not see it.
func (s *Sessions) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := readCredentials(r.Header)
		if c.code == "" && c.token == "" {
			next.ServeHTTP(w, r)
			return
		}
		began := time.Now()
		ctx, cancel := context.WithTimeout(r.Context(), s.opt.Budget)
		session, fresh, err := s.authenticate(ctx, c)
		cancel()
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		if fresh != "" {
			w.Header().Set(HeaderToken, fresh)
			w.Header().Set("Cache-Control", "no-store")
		}
		left := max(0, s.opt.Budget-time.Since(began))
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), contextKey{}, attached{session, left})))
	})
}

// refuse answers with an error and logs what the operator should know of it.
func (s *Sessions) refuse(w http.ResponseWriter, r *http.Request, err error) {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		e = ErrUnavailable.because(err)
	}
	log := s.opt.Log(r.Context())
	switch {
	case e.Cause == nil || errors.Is(r.Context().Err(), context.Canceled):
	case e.Detail != nil && (e.Detail.ErrCode == appIDInvalid || e.Detail.ErrCode == secretInvalid):
		log.Error("WeChat does not know the appId and appSecret of the configuration", "errcode", e.Detail.ErrCode)
	case e.Detail != nil && e.Detail.ErrCode != exchangeBusy && e.Detail.ErrCode != exchangeLimited:
		log.Info("a login was refused", "errcode", e.Detail.ErrCode)
	case e.Reason == SessionKeyExchangeFailed, e.Is(ErrUnavailable):
		log.Warn("no session", "error", e.Cause)
	}
	WriteError(w, e)
}
