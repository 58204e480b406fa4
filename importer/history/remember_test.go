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

func TestRemembered(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "shop.yaml")
	if err := os.WriteFile(path, []byte(rememberedMapping), 0o600); err != nil {
		t.Fatal(err)
	}
	config, err := mapping.Parse(path, []byte(rememberedMapping), nil)
	if err != nil {
		t.Fatal(err)
	}
	target := Target{StateDir: filepath.Join(dir, "state")}
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
