//go:build e2e

package web

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"ableimport/importer/sandbox"
	"ableimport/samples/secrets"
)

// focused is what has the focus, if it can be seen: in the window, under nothing else, and with a
// ring around it.
const focused = `(() => {
	const at = document.activeElement;
	if (!at) return ""; // the page is just being left
	const box = at.getBoundingClientRect();
	if (at === document.body) return "";
	const top = document.elementFromPoint(Math.min(box.left + box.width / 2, innerWidth - 1), Math.max(box.top, 0) + Math.min(box.height / 2, 20));
	const name = (at.id || "") + " " + (at.getAttribute("name") || "") + " " + at.tagName + " " + (at.innerText || "").trim().slice(0, 60);
	if (box.bottom < 0 || box.top > innerHeight || !top || !(at.contains(top) || top.contains(at))) return "hidden: " + name;
	if (at.tagName !== "SECTION" && at.tagName !== "MAIN" && getComputedStyle(at).outlineStyle === "none") return "without a ring: " + name;
	return name;
})()`

// key presses keys, and returns what has the focus then.
func (b *tab) key(keys string) (name string) {
	b.Helper()
	b.do(chromedp.KeyEvent(keys), chromedp.Evaluate(focused, &name))
	return name
}

// tabTo goes on by Tab until something has the focus. Everything on the way has to be seen.
func (b *tab) tabTo(selector, text string) {
	b.Helper()
	for range 120 {
		if name := b.key(kb.Tab); strings.HasPrefix(name, "hidden") ||
			strings.HasPrefix(name, "without") {
			b.Errorf("on the way to %s the focus is %s, at %s", text, name, b.location())
		}
		var there bool
		b.do(chromedp.Evaluate(fmt.Sprintf(
			"document.activeElement?.matches(%q) && document.activeElement.innerText.includes(%q)",
			selector, text), &there))
		if there {
			return
		}
	}
	b.Fatalf("Tab does not reach %s %q, at %s", selector, text, b.location())
}

// begins waits for a step, whose heading has the focus.
func (b *tab) begins(heading string) {
	b.Helper()
	b.until(fmt.Sprintf(
		`document.activeElement?.tagName === "H1" && document.activeElement.innerText.includes(%q)`,
		heading))
	var name string
	if b.do(chromedp.Evaluate(focused, &name)); strings.HasPrefix(name, "hidden") {
		b.Errorf("the heading is %s", name)
	}
}

// The whole way without a mouse: the focus is always seen, and each step begins at its heading.
func TestPageKeyboard(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	b := chromium(t, s)
	b.tabTo("a", "Skip to the content")
	b.tabTo("#files", "")
	// begins at once
	b.do(chromedp.SetUploadFiles("#files",
		[]string{absolute(t, "../../../samples/shopify-orders/orders_export_1.csv")}))
	b.begins("What was found")
	b.tabTo("a", "Look at the columns")
	b.key(kb.Enter)
	b.begins("Which column is what")
	b.tabTo("summary", "How numbers and days are written")
	b.key(" ")
	b.tabTo("button", "Preview")
	b.key(kb.Enter)
	b.begins("ready to send")
	b.tabTo("a", "#1002")
	b.key(kb.Enter)
	b.until(`document.activeElement?.id === "event"`)
	b.tabTo("a", "Close")
	b.key(kb.Enter)
	b.until(`document.activeElement?.id === "events"`)
	b.tabTo("a", "Choose the target")
	b.key(kb.Enter)
	b.begins("Where to")
	b.tabTo("[name=target]", "")
	b.key(kb.ArrowDown)
	b.until(`document.querySelector("[value=practice]").checked`)
	b.key(kb.ArrowUp)
	b.until(`document.querySelector("[value=able]").checked`)
	b.tabTo("#mark", "")
	b.key(secrets.Mark)
	b.tabTo("[name=strict]", "")
	b.tabTo("button", "Check against the target")
	b.key(kb.Enter)
	b.until(`document.activeElement?.id === "check"`)
	b.tabTo("button", "Send the first 3")
	b.key(kb.Enter)
	b.until(`document.activeElement?.innerText === "Send the rest"`)
	b.key(" ")
	b.begins("Done in")
	if got := s.eachOnce(); got != 32 {
		t.Errorf("%d orders arrived, want 32", got)
	}
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}
