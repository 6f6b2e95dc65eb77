// Package weapp is the login session of WeChat mini-programs, as a middleware
// for any http.Handler: it reads the X-WX headers of a request, exchanges the
// login code with WeChat, checks the signature of what the client says of its
// user, and hands the session on in the request's context. Sessions lie in a
// Store, laid out as the Node.js package weapp-session laid them out.
//
// It never keeps or shows a session key beyond the five minutes in memory that
// racing first requests need, and knows nothing of what its handlers do.
package weapp
