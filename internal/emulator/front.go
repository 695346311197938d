package emulator

import (
	"errors"
	"fmt"
	"log"
	"net/http"
	"runtime/debug"
	"strings"
)

// Front is a service with the handlers around it.
type Front struct {
	Name    string       // of the emulator's package, for its log
	Service http.Handler // the emulated service
	Control http.Handler // of the paths below ControlPrefix; nil: the service gets them
	// Action returns the action of a request that panicked, or "" if it cannot be read.
	Action func(*http.Request) string
	// Broken returns the reply that the service sends when it fails.
	Broken func(message string) Reply
}

// Handler returns the handler of an emulator. A panic of the service, or of a function in its
// options, is logged and answered with Broken.
func (c *Core) Handler(f Front) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f.Control != nil && strings.HasPrefix(r.URL.Path, ControlPrefix) {
			f.Control.ServeHTTP(w, r)
			return
		}
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(http.ErrAbortHandler) // it means: cut the connection
			}
			action := f.Action(r)
			// Nothing else of the request is logged: it is signed, and may hold a secret.
			c.log().Printf("%s: panic in %s: %v\n%s", f.Name, action, p, debug.Stack())
			c.Refuse(w, action, f.Broken(fmt.Sprintf("the emulator panicked: %v", p)))
		}()
		f.Service.ServeHTTP(w, r)
	})
}

func (c *Core) log() *log.Logger {
	if l := c.current().ErrorLog; l != nil {
		return l
	}
	return log.Default()
}
