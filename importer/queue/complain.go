package queue

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"syscall"

	"github.com/nats-io/nats.go"
)

// complaints are what servers say outside any answer. This is the only way in which they say what a
// client may not publish: the question itself is never answered.
type complaints struct {
	names
	log func(string)

	mu     sync.Mutex
	last   string
	denied map[string]bool // beginnings of subjects
}

func (c *complaints) hear(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	text := err.Error()
	if errors.Is(err, nats.ErrPermissionViolation) {
		for _, begin := range []string{c.subject, c.keySubject("")} {
			if strings.Contains(text, `Publish to "`+begin) {
				if c.denied == nil {
					c.denied = map[string]bool{}
				}
				c.denied[begin] = true
				return // whoever asked reports it
			}
		}
	}

	if text != c.last { // a server repeats itself
		c.last = text
		c.log("the queue's servers say: " + text)
	}
}

// refusal turns an error about permissions, which trying again does not fix, into a sentence; nil
// for other errors.
func (c *complaints) refusal(subject string, err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for begin := range c.denied {
		if strings.HasPrefix(subject, begin) {
			return settingsErrorf("these credentials may not publish to %s>; see the permissions "+
				"in importer/queue/examples", begin)
		}
	}
	if isRefusal(err) {
		return err
	}
	return nil
}

// wordConnect says why there is no connection. What somebody has to fix is a *SettingsError; a
// missing answer may be temporary.
func wordConnect(servers string, err error) error {
	var unknownAuthority x509.UnknownAuthorityError
	var otherName x509.HostnameError
	var expired x509.CertificateInvalidError
	var unverified *tls.CertificateVerificationError
	switch {
	case errors.As(err, &unknownAuthority):
		return settingsErrorf("%s: the server's certificate is signed by an unknown authority: "+
			"give that authority's file with --queue-ca", servers)
	case errors.As(err, &otherName), errors.As(err, &expired):
		return settingsErrorf("%s: the server's certificate is not valid: %v", servers, err)
	case errors.As(err, &unverified): // the system's own check has its own error
		return settingsErrorf("%s: the server's certificate cannot be checked here (%v): give "+
			"its authority's file with --queue-ca", servers, err)
	case errors.Is(err, nats.ErrAuthExpired), errors.Is(err, nats.ErrAuthRevoked):
		return settingsErrorf("%s: the server no longer accepts these credentials: %v; get new "+
			"ones for --queue-creds", servers, err)
	case errors.Is(err, nats.ErrSecureConnWanted):
		return settingsErrorf("%s: the server offers no TLS, and events are people's data: give "+
			"it a certificate", servers)
	case errors.Is(err, nats.ErrAuthorization):
		return settingsErrorf("%s: the server does not accept these credentials: check "+
			"--queue-creds", servers)
	}

	// The client does not recognise in the words of Windows that nobody is listening.
	const refused = syscall.Errno(10061) // WSAECONNREFUSED
	if errors.Is(err, nats.ErrNoServers) || runtime.GOOS == "windows" && errors.Is(err, refused) {
		return fmt.Errorf("queue: %s: no server answers; is it running, and is the address right?",
			servers)
	}
	return fmt.Errorf("queue: %s: %w", servers, err)
}
