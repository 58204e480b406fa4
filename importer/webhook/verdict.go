package webhook

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Verdict says what became of one event.
type Verdict byte

const (
	// Delivered: the receiver answered 2xx.
	Delivered Verdict = iota + 1
	// Rejected: the receiver refused this event; sending it again unchanged would not help.
	Rejected
	// Unknown: the request went out, and nobody on this side can know whether it was processed.
	Unknown
	// NotSent: surely not processed; a later run may send it.
	NotSent
)

// String is the verdict's name as reports write it.
func (v Verdict) String() string {
	names := [...]string{
		Delivered: "delivered", Rejected: "rejected", Unknown: "unknown", NotSent: "not sent",
	}
	if int(v) < len(names) && names[v] != "" {
		return names[v]
	}
	return "verdict " + strconv.Itoa(int(v))
}

// Result is the outcome of one event.
type Result struct {
	Verdict  Verdict
	Status   int    // heard by the last attempt, 0 if none
	Attempts int    // POSTs begun
	Cause    string // one clause for people; empty when delivered
	// Answer is an excerpt, safe to print: control characters are visible, secrets are masked.
	Answer    string
	RequestID string // the answer's own id, for the receiver's support
	Stop      bool   // the run must stop: no later Post makes an attempt; Cause says why
}

// ruling is what one attempt means for its event and for the run.
type ruling struct {
	verdict Verdict // NotSent: surely not processed
	again   bool    // another attempt may follow
	stop    bool    // no attempt of any event may follow
	cause   string
}

// rule gives the verdict on one attempt, and nothing else does. A wait that is too long for the run
// can still end the event's attempts: see [Client.outcome].
func (c *Client) rule(a *answer) ruling {
	switch {
	case a.status >= 200 && a.status <= 299:
		return c.ruleAccepted(a)
	case a.status != 0:
		return c.ruleStatus(a)
	case a.wrote:
		return ruling{verdict: Unknown, cause: c.describe(a.err) + "; it may have arrived"}
	case isCertificate(a.err), isProxyLogin(a.err): // waiting does not fix them
		return ruling{verdict: NotSent, stop: true, cause: c.describe(a.err)}
	case isNoSuchHost(a.err) && !c.reached.Load():
		return ruling{
			verdict: NotSent, stop: true, cause: c.describe(a.err) + ": check the address",
		}
	}
	return ruling{verdict: NotSent, again: true, cause: c.describe(a.err)}
}

func (c *Client) ruleAccepted(a *answer) ruling {
	if c.options.Accept == nil {
		return ruling{verdict: Delivered}
	}

	text := statusText(a.status)
	if !a.whole {
		return ruling{verdict: Unknown, cause: text +
			", but the answer that must be judged was cut; it may have been accepted"}
	}

	switch accepted, err := c.options.Accept(a.body); {
	case err != nil:
		return ruling{verdict: Unknown, cause: text +
			", but its answer cannot be judged (" + err.Error() + "); it may have been accepted"}
	case !accepted:
		return ruling{verdict: Rejected, cause: text +
			", but its answer says that it was not accepted"}
	}
	return ruling{verdict: Delivered}
}

func (c *Client) ruleStatus(a *answer) ruling {
	text := statusText(a.status)
	if c.retryOn[a.status] {
		return ruling{verdict: NotSent, again: true, cause: text}
	}

	switch a.status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests,
		http.StatusServiceUnavailable:
		return ruling{verdict: NotSent, again: true, cause: text}
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
		return ruling{verdict: NotSent, stop: true, cause: text +
			": the receiver refuses access; check the address and the headers"}
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return ruling{verdict: NotSent, stop: true, cause: text +
			": the receiver cannot take events this way; check the address"}
	case http.StatusConflict:
		return ruling{verdict: Rejected, cause: text +
			": the receiver may have this event already, or another under its id"}
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone:
		return c.gone.rule(text)
	}

	switch {
	case a.status >= 300 && a.status <= 399:
		text += redirectTarget(a.fields.location)
		return ruling{verdict: NotSent, stop: true, cause: text +
			": redirects are not followed; set the endpoint to the final address"}
	case a.status >= 400 && a.status <= 499:
		return ruling{verdict: Rejected, cause: text}
	}
	return ruling{verdict: Unknown, cause: text + "; it may have been processed"}
}

func statusText(status int) string {
	if text := http.StatusText(status); text != "" {
		return strconv.Itoa(status) + " " + text
	}
	return "status " + strconv.Itoa(status)
}

// redirectTarget names where a redirect leads, without its query, which may contain secrets.
func redirectTarget(location string) string {
	target, err := url.Parse(location)
	if err != nil || location == "" {
		return ""
	}
	return " to " + (&url.URL{Scheme: target.Scheme, Host: target.Host, Path: target.Path}).String()
}

func isCertificate(err error) bool {
	var verification *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &host) ||
		errors.As(err, &invalid)
}

func isProxyLogin(err error) bool {
	var fault *proxyFault
	return errors.As(err, &fault) && fault.login
}

// isNoSuchHost reports that the name servers are sure. At the start of a run that is a mistake in
// the address; later it is the name servers' trouble.
func isNoSuchHost(err error) bool {
	var lookup *net.DNSError
	return errors.As(err, &lookup) && lookup.IsNotFound && !lookup.IsTemporary
}

// describe puts an error into words for people, as one clause without addresses of ours.
func (c *Client) describe(err error) string {
	host, hostname, whose, prefix := c.endpoint.Host, c.endpoint.Hostname(), "", ""
	var fault *proxyFault
	if errors.As(err, &fault) { // from here on it is about the proxy
		host = fault.name()
		hostname, whose, prefix, err = host, " of "+host, host+": ", fault.err
		switch {
		case fault.login:
			return fault.loginWords()
		case fault.status != 0:
			return host + " answers " + statusText(fault.status)
		}
	}

	var lookup *net.DNSError
	var record tls.RecordHeaderError
	switch {
	case err == nil:
		return "no answer"
	case isCertificate(err):
		return fmt.Sprintf("the certificate of %s is not valid (%v)", host, innermost(err))
	case errors.As(err, &lookup):
		return fmt.Sprintf("%s cannot be found (%s)", hostname,
			strings.TrimPrefix(lookup.Err, "getaddrinfow: "))
	case errors.As(err, &record):
		return host + " does not speak TLS"
	case errors.Is(err, os.ErrDeadlineExceeded), isTimeout(err):
		return fmt.Sprintf("no answer%s within %v", whose, c.options.Timeout)
	case isOneOf(err, refused):
		return host + " refuses connections"
	case isOneOf(err, unreachable):
		return host + " cannot be reached"
	case isOneOf(err, exhausted):
		return "too many open files"
	case isOneOf(err, broken), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, net.ErrClosed):
		return "the connection broke before an answer" + whose
	}
	return prefix + innermost(err).Error()
}

func isOneOf(err error, causes []error) bool {
	return slices.ContainsFunc(causes, func(cause error) bool { return errors.Is(err, cause) })
}

// innermost strips the operations and addresses around a network error's cause.
func innermost(err error) error {
	for {
		var operation *net.OpError
		var verification *tls.CertificateVerificationError
		switch {
		case errors.As(err, &operation) && operation.Err != nil:
			err = operation.Err
		case errors.As(err, &verification) && verification.Err != nil:
			err = verification.Err
		default:
			return err
		}
	}
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}
