package history

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ableimport/importer/ledger"
)

func TestLedgerOfAWrongTarget(t *testing.T) {
	target := Target{Endpoint: "https://events.example/uip-events/event?key=secret",
		StateDir: t.TempDir()}
	_, err := target.Ledger()
	want := "no ledger of events.example with this funnel mark was found in " + target.StateDir +
		": nothing was sent to it from here. Check the endpoint, the funnel mark and the state " +
		"folder: without its ledger a run sends everything again"
	if refused := new(RefusedError); !errors.As(err, &refused) || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}

	// Its log says that events were sent.
	if err := os.MkdirAll(filepath.Dir(target.Path()), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(target.Path()+"-wal", []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = target.Ledger()
	if refused := new(ledger.RefusedError); !errors.As(err, &refused) ||
		!strings.Contains(err.Error(), "the ledger is gone") {
		t.Errorf("beside a log: got %v", err)
	}
}
