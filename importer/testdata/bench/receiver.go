package main

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"flag"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// receive answers every POST as cheaply as a receiver can, so that the client is what is measured.
func receive(args []string) error {
	flags := flag.NewFlagSet("receiver", flag.ExitOnError)
	address := flags.String("address", "", "where to listen, on the loopback interface")
	latency := flags.Duration("latency", 0, "delay before each answer")
	certificate := flags.String("certificate", "",
		"speak TLS, and write the certificate to this file")
	flags.Parse(args)

	listener, err := net.Listen("tcp", *address)
	if err != nil {
		return err
	}

	if *certificate != "" {
		config, err := selfSigned(*certificate)
		if err != nil {
			return err
		}
		listener = tls.NewListener(listener, config)
	}

	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		go talk(conn, *latency)
	}
}

// talk serves one connection. Requests have a Content-Length; the rest of them is ignored.
func talk(conn net.Conn, latency time.Duration) {
	defer conn.Close()
	in := bufio.NewReaderSize(conn, 16<<10)
	for {
		length := 0
		for {
			line, err := in.ReadSlice('\n')
			if err != nil {
				return
			}
			if line = bytes.TrimSpace(line); len(line) == 0 {
				break
			}
			if name, value, _ := strings.Cut(string(line), ":"); strings.EqualFold(name,
				"Content-Length") {
				length, _ = strconv.Atoi(strings.TrimSpace(value))
			}
		}

		if _, err := io.CopyN(io.Discard, in, int64(length)); err != nil {
			return
		}

		time.Sleep(latency)

		if _, err := io.WriteString(conn,
			"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"); err != nil {
			return
		}
	}
}

// selfSigned makes a certificate for the loopback interface and writes it down for those who need
// to trust it.
func selfSigned(path string) (*tls.Config, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}

	template := x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(24 * time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	if err != nil {
		return nil, err
	}

	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return nil, fmt.Errorf("write the certificate: %w", err)
	}

	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der},
		PrivateKey: key}}}, nil
}
