package natstest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"
)

// Secure is a server that asks for credentials and speaks TLS only, and the files that go with it.
type Secure struct {
	URL       string
	Creds     string // of a user who may do everything
	Reader    string // of a user who may publish nothing but questions
	Stranger  string // of a user whose account the server does not know
	Authority string // its certificate's
	Other     string // another authority
}

// StartSecure starts such a server. It ends with the test.
func StartSecure(t testing.TB) *Secure {
	t.Helper()
	dir := t.TempDir()
	authority, other := newAuthority(t), newAuthority(t)
	operator := newKey(t, nkeys.CreateOperator)
	system, account := newKey(t, nkeys.CreateAccount), newKey(t, nkeys.CreateAccount)
	resolver := &server.MemAccResolver{}
	for _, key := range []nkeys.KeyPair{system, account} {
		claims := jwt.NewAccountClaims(public(t, key))
		if key == account {
			claims.Limits.JetStreamLimits = jwt.JetStreamLimits{
				MemoryStorage: -1, DiskStorage: -1, Streams: -1, Consumer: -1,
			}
		}
		text := must[string](t)(claims.Encode(operator))
		resolver.Store(public(t, key), text)
	}

	s := start(t, &server.Options{
		ServerName: "secure", Host: "127.0.0.1", Port: -1, JetStream: true,
		StoreDir: filepath.Join(dir, "store"), NoSigs: true, NoLog: true,
		TrustedKeys: []string{public(t, operator)}, SystemAccount: public(t, system),
		AccountResolver: resolver,
		TLS:             true, TLSTimeout: 10,
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{authority.issue(t)}},
	})

	t.Cleanup(func() { stop(s) })
	if !s.ReadyForConnections(startWithin) {
		t.Fatal("the server does not start")
	}

	return &Secure{
		URL: "tls://" + s.Addr().String(), Creds: creds(t, dir, "all", account),
		Reader:    creds(t, dir, "reader", account, "$JS.API.>"),
		Stranger:  creds(t, dir, "stranger", newKey(t, nkeys.CreateAccount)),
		Authority: authority.write(t, dir, "ca"), Other: other.write(t, dir, "other"),
	}
}

// creds writes the file of a user whose key signer vouches for.
func creds(t testing.TB, dir, name string, signer nkeys.KeyPair, publish ...string) string {
	t.Helper()
	user := newKey(t, nkeys.CreateUser)
	claims := jwt.NewUserClaims(public(t, user))
	claims.Pub.Allow = publish
	seed := must[[]byte](t)(user.Seed())
	text := must[[]byte](t)(jwt.FormatUserConfig(must[string](t)(claims.Encode(signer)), seed))
	return writeFile(t, filepath.Join(dir, name+".creds"), text)
}

func newKey(t testing.TB, create func() (nkeys.KeyPair, error)) nkeys.KeyPair {
	return must[nkeys.KeyPair](t)(create())
}

func public(t testing.TB, key nkeys.KeyPair) string { return must[string](t)(key.PublicKey()) }

// An authority issues certificates.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	key := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"},
		NotAfter: time.Now().Add(time.Hour),
		IsCA:     true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	raw := must[[]byte](t)(x509.CreateCertificate(rand.Reader, template, template,
		key.Public(), key))
	return &authority{must[*x509.Certificate](t)(x509.ParseCertificate(raw)), key}
}

// issue makes a certificate for this machine.
func (a *authority) issue(t testing.TB) tls.Certificate {
	t.Helper()
	key := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	raw := must[[]byte](t)(x509.CreateCertificate(rand.Reader, template, a.certificate,
		key.Public(), a.key))
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}
}

func (a *authority) write(t testing.TB, dir, name string) string {
	return writeFile(t, filepath.Join(dir, name+".crt"),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw}))
}

func writeFile(t testing.TB, path string, text []byte) string {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// must ends the test on an error.
func must[V any](t testing.TB) func(V, error) V {
	return func(v V, err error) V {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
