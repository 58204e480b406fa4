package history

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"ableimport/mapping"
)

const rememberedMapping = `version: 1
name: shop
namespace: my-shop
event: Purchase
fields: {order_id: Order, keys: {email: Email}}
`

// rememberedShop is a target, and a mapping in a file of its own.
func rememberedShop(t *testing.T) (target Target, path string, config *mapping.Config) {
	t.Helper()
	dir := t.TempDir()
	path = filepath.Join(dir, "shop.yaml")
	if err := os.WriteFile(path, []byte(rememberedMapping), 0o600); err != nil {
		t.Fatal(err)
	}
	config, err := mapping.Parse(path, []byte(rememberedMapping), nil)
	if err != nil {
		t.Fatal(err)
	}
	return Target{StateDir: filepath.Join(dir, "state")}, path, config
}

func TestRemembered(t *testing.T) {
	target, path, config := rememberedShop(t)
	if err := target.Remember([]string{"Order", "Email"}, "november.csv", config,
		time.Unix(1793872800, 0)); err != nil {
		t.Fatal(err)
	}
	recall := func(header ...string) *Remembered {
		t.Helper()
		known, err := Recall(target.StateDir, header)
		if err != nil {
			t.Fatal(err)
		}
		return known
	}
	if known := recall("Order ", "\ufeffEmail"); known == nil || known.Namespace != "my-shop" ||
		known.File != "november.csv" || known.Path != path {
		t.Errorf("got %+v, want the mapping of november.csv", known)
	}
	if known := recall("Email", "Order"); known != nil {
		t.Errorf("got %+v for other columns", known)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	known := recall("Order", "Email")
	if known == nil {
		t.Fatal("it is known no longer")
	}
	if text, err := os.ReadFile(known.Path); err != nil || string(text) != rememberedMapping {
		t.Errorf("the copy of the mapping is %q, %v", text, err)
	}
}

// A mapping that was made on the page has a name, and no file: a file of that name in the program's
// folder is somebody else's.
func TestRememberedWithoutFile(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	config, err := mapping.Parse("shop.yaml", []byte(rememberedMapping), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("shop.yaml", []byte("version: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	target := Target{StateDir: filepath.Join(dir, "state")}
	if err := target.Remember([]string{"Order", "Email"}, "november.csv", config,
		time.Unix(1793872800, 0)); err != nil {
		t.Fatal(err)
	}

	known, err := Recall(target.StateDir, []string{"Order", "Email"})
	if err != nil || known == nil {
		t.Fatal(known, err)
	}
	if text, err := os.ReadFile(known.Path); err != nil || string(text) != rememberedMapping {
		t.Errorf("got the mapping %q, %v", text, err)
	}
}

// What is remembered is listed, the latest first, and forgotten one by one; files of people stay.
func TestForgetMapping(t *testing.T) {
	target, path, config := rememberedShop(t)
	for i, file := range []string{"october.csv", "november.csv"} {
		if err := target.Remember([]string{"Order", file}, file, config,
			time.Unix(1793872800+int64(i), 0)); err != nil {
			t.Fatal(err)
		}
	}

	all := RecallAll(target.StateDir)
	if len(all) != 2 || all[0].File != "november.csv" || all[1].File != "october.csv" {
		t.Fatalf("got %v, want november.csv and october.csv", all)
	}
	if err := ForgetMapping(target.StateDir, all[0].Key); err != nil {
		t.Fatal(err)
	}
	if left := RecallAll(target.StateDir); len(left) != 1 || left[0].File != "october.csv" {
		t.Errorf("got %v, want october.csv alone", left)
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the mapping's own file is gone: %v", err)
	}
	copies, _ := filepath.Glob(filepath.Join(target.StateDir, "mappings", "*.mapping.yaml"))
	if len(copies) != 1 {
		t.Errorf("got %d copies, want the one of october.csv", len(copies))
	}
	for _, key := range []string{"../../shop", "0000000000000000", ""} {
		if err := ForgetMapping(target.StateDir, key); err != nil {
			t.Errorf("%q: %v", key, err)
		}
	}
}
