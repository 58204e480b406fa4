//go:build e2e

package web

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"ableimport/importer/sandbox"
)

// The pictures of the README are taken from the real page: make screenshots.
func TestScreenshots(t *testing.T) {
	dir := os.Getenv("IMAGES")
	if dir == "" {
		t.Skip("IMAGES names no folder; make screenshots does")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	b := chromium(t, startSite(t, sandbox.Options{}))

	picture := func(name string) {
		t.Helper()
		var png []byte
		b.do(emulation.SetDeviceMetricsOverride(1100, 760, 1, false),
			emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
				{Name: "prefers-color-scheme", Value: "light"}}),
			chromedp.Evaluate("scrollTo(0, 0)", nil), chromedp.CaptureScreenshot(&png))
		if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
			t.Fatal(err)
		}
	}

	picture("start")
	b.drop("#files", "../../../samples/shopify-orders/orders_export_1.csv")
	b.sees("What was found", "Shopify, orders")
	b.press("Look at the columns")
	b.sees("Which column is what")
	picture("columns")
	b.press("Preview")
	b.sees("ready to send", "What to look at")
	picture("preview")
}
