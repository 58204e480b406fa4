package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// A workshop is the folder and the programs of one measurement.
type workshop struct {
	program string // able-import
	self    string // this program, which also is the naive importer and the receiver
	folder  string
	mapping string
}

func newWorkshop(program string) (*workshop, error) {
	program, err := filepath.Abs(program)
	if err != nil {
		return nil, err
	}
	if _, err := exec.LookPath(program); err != nil {
		return nil, fmt.Errorf("able-import to measure: %w", err)
	}

	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "able-import-bench-")
	if err != nil {
		return nil, err
	}

	w := &workshop{program: program, self: self, folder: folder,
		mapping: filepath.Join(folder, "mapping.yaml")}
	return w, os.WriteFile(w.mapping, []byte(mappingText), 0o600)
}

func (w *workshop) close() { os.RemoveAll(w.folder) }

// A command starts one process, with what must be made before and thrown away after it.
type command func() (run *exec.Cmd, after func())

func (w *workshop) naive(file, url string) command {
	return func() (*exec.Cmd, func()) {
		return exec.Command(w.self, "naive", "-csv", file, "-url", url), func() {}
	}
}

func (w *workshop) preview(file string) command {
	return func() (*exec.Cmd, func()) {
		state := w.state()
		return w.able(state, "preview", "--quiet", "-m", w.mapping, file),
			func() { os.RemoveAll(state) }
	}
}

// run imports with an empty ledger.
func (w *workshop) run(file string, to receiverKind, inFlight int) command {
	return func() (*exec.Cmd, func()) {
		state := w.state()
		return w.sending(state, file, to, inFlight), func() { os.RemoveAll(state) }
	}
}

// again imports what a first run, which is not measured, has delivered already.
func (w *workshop) again(file string, to receiverKind) command {
	return func() (*exec.Cmd, func()) {
		state := w.state()
		// if it fails, the second run has something to send, and its time shows it
		w.sending(state, file, to, 64).Run()
		return w.sending(state, file, to, 64), func() { os.RemoveAll(state) }
	}
}

func (w *workshop) sending(state, file string, to receiverKind, inFlight int) *exec.Cmd {
	run := w.able(state, "run", "--quiet", "--concurrency", strconv.Itoa(inFlight), "--endpoint",
		to.address(), "-m", w.mapping, file)
	run.Env = append(run.Env, "ABLE_FUNNEL_MARK=0f0f0f0f-0000-4000-8000-000000000000",
		"SSL_CERT_FILE="+w.certificate())
	return run
}

func (w *workshop) able(state string, args ...string) *exec.Cmd {
	run := exec.Command(w.program, args...)
	run.Env = append(os.Environ(), "ABLE_IMPORT_STATE_DIR="+state)
	return run
}

// state makes an empty folder for a ledger.
func (w *workshop) state() string {
	state, err := os.MkdirTemp(w.folder, "state-")
	if err != nil {
		return w.folder
	}
	return state
}

func (w *workshop) certificate() string { return filepath.Join(w.folder, "certificate.pem") }

// A receiverKind says how the receiver answers.
type receiverKind struct {
	latency string // before each answer; "": none
	tls     bool
}

const receiverAddress = "127.0.0.1:18090"

func (k receiverKind) address() string {
	if k.tls {
		return "https://" + receiverAddress + "/"
	}
	return "http://" + receiverAddress + "/"
}

func (k receiverKind) String() string {
	text := "a cheap receiver"
	if k.tls {
		text += " over TLS"
	}
	if k.latency != "" {
		text += " that answers after " + k.latency
	}
	return text
}

// receiver starts the receiver and waits until it listens.
func (w *workshop) receiver(k receiverKind) (stop func(), err error) {
	args := []string{"receiver", "-address", receiverAddress}
	if k.latency != "" {
		args = append(args, "-latency", k.latency)
	}
	if k.tls {
		args = append(args, "-certificate", w.certificate())
	}

	process := exec.Command(w.self, args...)
	process.Stderr = os.Stderr
	if err := process.Start(); err != nil {
		return nil, err
	}

	stop = func() { process.Process.Kill(); process.Wait() }
	for range 100 {
		if conn, err := net.Dial("tcp", receiverAddress); err == nil {
			conn.Close()
			return stop, nil
		}
		time.Sleep(20 * time.Millisecond)
	}

	stop()
	return nil, errors.New("the receiver does not listen on " + receiverAddress)
}
