package alibaba

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/cgw-go/cgw"
	"github.com/cgw-go/cgw/internal/credential"
)

// The SDK's providers return errors without types. The text has the reply or the file that they could
// not read, and in some cases the status. These patterns match the texts of v1.4.14.
var (
	// quotes matches an error that quotes a whole reply or file. Group 1 is the text before it.
	quotes = regexp.MustCompile(`(?s)^(.*?(?:session token(?: from (?:sso|OAuth))? failed: |credentials from OAuth: |, message = |credentials from GET \S* failed: |aliyun cli config from '.*?' failed: |Can not open file(?:key-value delimiter not found|empty key name|unclosed section|missing closing key quote): ))(.*)$`)
	status = regexp.MustCompile(`(?:httpStatus: |role name failed: GET \S+ )(\d{3})`)
	// unsent matches the text before a network error. The SDK keeps only the text of a network error.
	unsent = regexp.MustCompile(`^(?:get role name failed|refresh Ecs sts token err|get metadata token failed): \w+ "[^"]*": `)
	// garbled matches the error for a reply with status 200 that is not JSON: something between cgw and
	// the service, such as a proxy, sent it.
	garbled = regexp.MustCompile(`json[. ][Uu]nmarshal fail: `)
	// passing matches the codes of the token service for temporary failures.
	passing = regexp.MustCompile(`^(?:Throttling|ServiceUnavailable|ServiceUnAvailable|InternalError|InternalFailure|InternalServerError|SystemBusy|SystemError)`)
)

// readSDK returns the credential.Error for an error of a source: a provider of the SDK, or a caller's own.
func readSDK(err error, secrets ...string) *credential.Error {
	var known *credential.Error
	if errors.As(err, &known) {
		return known
	}
	text := err.Error()
	if at := unsent.FindString(text); at != "" {
		what, _, _ := strings.Cut(at, ":")
		return credential.Outage(what + ": " + credential.Text(text[len(at):], secrets...))
	}
	kind, decided := cgw.ErrUnauthenticated, false
	if m := status.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1])
		kind, decided = kindOf(credential.OutageStatus(n)), true
	}
	if m := quotes.FindStringSubmatch(text); m != nil {
		code := credential.Code(m[2])
		switch {
		case decided, strings.Contains(m[1], "aliyun cli config"), strings.Contains(m[1], "Can not open file"), strings.HasPrefix(m[1], "refresh credentials"), strings.Contains(m[1], "fail to get credentials"):
		case code != "":
			kind = kindOf(passing.MatchString(code))
		default: // every error of the token service has a code, so something else sent this reply
			kind = cgw.ErrUnavailable
		}
		if code == "" {
			code = "[withheld]"
		}
		return &credential.Error{Kind: kind, Err: errors.New(credential.Text(m[1]+code, secrets...))}
	}
	if garbled.MatchString(text) {
		kind, decided = cgw.ErrUnavailable, true
	}
	if decided {
		return &credential.Error{Kind: kind, Err: errors.New(credential.Text(text, secrets...))}
	}
	return credential.Wrap(err, secrets...)
}

func kindOf(passes bool) error {
	if passes {
		return cgw.ErrUnavailable
	}
	return cgw.ErrUnauthenticated
}
