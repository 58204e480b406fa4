//go:build e2e

package web

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	browser "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"ableimport/samples/secrets"
)

// A tab is one of a real Chromium's.
type tab struct {
	*testing.T
	ctx   context.Context
	site  *site
	shots string // folder for screenshots; "": none are made
}

// asksNobodyElse fails if the page asks any other server for anything, or puts personal data or a
// secret into an address.
func (b *tab) asksNobodyElse() {
	chromedp.ListenTarget(b.ctx, func(event any) {
		request, ok := event.(*network.EventRequestWillBeSent)
		if !ok {
			return
		}
		if told := secrets.Find(request.Request.URL); told != "" {
			b.Errorf("the address %s tells %s", request.Request.URL, told)
		}
		at, err := url.Parse(request.Request.URL)
		if err != nil || at.Scheme == "http" && at.Hostname() != "127.0.0.1" &&
			at.Hostname() != "localhost" || at.Scheme == "https" {
			b.Errorf("the page asks for %s", request.Request.URL)
		}
	})
}

// chromium starts a browser with a profile of its own, and opens the page as the desktop would: by
// the redirect file.
func chromium(t *testing.T, s *site) *tab {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("there is no Chromium here; make e2e installs it")
	}
	profile, err := os.MkdirTemp("", "able-import-e2e-*")
	if err != nil {
		t.Fatal(err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path),
		chromedp.UserDataDir(profile), chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.WindowSize(1400, 900),
		chromedp.Flag("lang", "en-GB"))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	ctx, late := context.WithTimeout(ctx, 10*time.Minute)
	t.Cleanup(func() {
		late()
		cancel()
		stop()
		// the browser may still be writing to it: what is left is not worth a failure
		os.RemoveAll(profile)
	})
	b := &tab{T: t, ctx: ctx, site: s, shots: os.Getenv("SHOTS")}
	b.asksNobodyElse()
	b.do(chromedp.Navigate("file://" + s.redirect))
	if s.receiver != nil { // otherwise it is a stranger, who does not get that far
		b.do(chromedp.WaitVisible("#files"))
	}
	return b
}

func (b *tab) do(actions ...chromedp.Action) {
	b.Helper()
	if err := chromedp.Run(b.ctx, actions...); err != nil {
		var where, text string
		chromedp.Run(b.ctx, chromedp.Location(&where), chromedp.Text("main", &text))
		b.Fatalf("%v, at %s:\n%s", err, where, text)
	}
}

// within does something that has to end soon.
func (b *tab) within(limit time.Duration, actions ...chromedp.Action) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, limit)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		var where, text string
		chromedp.Run(b.ctx, chromedp.Location(&where), chromedp.Text("main", &text))
		b.Fatalf("%v, at %s:\n%s", err, where, text)
	}
}

// sees waits until the page shows these texts, through navigations.
func (b *tab) sees(texts ...string) {
	b.Helper()
	for _, text := range texts {
		b.until(fmt.Sprintf(
			"document.readyState === 'complete' && "+
				"document.querySelector('main').innerText.replaceAll('\u00a0', ' ').includes(%q)",
			text))
	}
}

// until waits for a condition in the page, through navigations.
func (b *tab) until(condition string) {
	b.Helper()
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(
		30 * time.Millisecond) {
		var met bool
		// an error: the page is just being left
		if chromedp.Run(b.ctx, chromedp.Evaluate(condition, &met)) == nil && met {
			return
		}
	}
	var where, text string
	chromedp.Run(b.ctx, chromedp.Location(&where), chromedp.Text("main", &text))
	b.Fatalf("the page does not reach %s, at %s:\n%s", condition, where, text)
}

// press clicks the button or link with this text, and waits for what it leads to.
func (b *tab) press(text string) {
	b.Helper()
	click := chromedp.Click(fmt.Sprintf(
		`//*[self::main or self::header]//*[self::button or self::a or self::summary][contains(normalize-space(.), %q)]`,
		text), chromedp.BySearch, chromedp.NodeVisible)
	b.once(click)
}

// once does something on a page that may just be left for another one: then it is done there.
func (b *tab) once(action chromedp.Action) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	for {
		err := chromedp.Run(ctx, action)
		if err == nil {
			return
		}
		if gone := new(cdproto.Error); !errors.As(err, &gone) || ctx.Err() != nil {
			b.within(time.Second, action) // tells what the page shows
			return
		}
	}
}

func (b *tab) drop(selector string, files ...string) {
	b.Helper()
	for i, file := range files {
		files[i], _ = filepath.Abs(file)
	}
	b.within(2*time.Minute, chromedp.SetUploadFiles(selector, files),
		chromedp.Evaluate(fmt.Sprintf(
			`{const form = document.querySelector(%q)?.form; if (form && !("drop" in form.dataset)) form.requestSubmit(); 0}`,
			selector), nil))
}

// widths are those that pages are looked at in.
var widths = []int64{360, 800, 1400}

// show looks at the page as it is: axe finds nothing, it fits every width, and no line of it breaks
// a word or a number in the middle. It takes screenshots, light and dark, if SHOTS names a folder.
func (b *tab) show(name string) {
	b.Helper()
	var title string
	if b.do(chromedp.Title(&title)); secrets.Find(title) != "" {
		b.Errorf("the title of %s is %s", name, title)
	}
	b.axe(name)
	for _, width := range widths {
		var wide bool
		var broken []string
		b.do(emulation.SetDeviceMetricsOverride(width, 900, 1, false),
			chromedp.Sleep(60*time.Millisecond),
			chromedp.Evaluate(`document.documentElement.scrollWidth > innerWidth`, &wide),
			chromedp.Evaluate(brokenWords, &broken))
		if wide {
			b.Errorf("%s is wider than %d", name, width)
		}
		if len(broken) > 0 {
			b.Errorf("%s, %d wide, breaks %q", name, width, broken)
		}
		b.pictures(name, width)
	}
	b.do(emulation.ClearDeviceMetricsOverride(), emulation.SetEmulatedMedia())
}

// brokenWords are the words that are split between two lines though one line has room for them.
const brokenWords = `(() => {
	const broken = [];
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let node; (node = walker.nextNode());) {
		let block = node.parentElement;
		if (block.closest("pre, select, [hidden], script") || !block.checkVisibility()) continue;
		while (getComputedStyle(block).display.startsWith("inline")) block = block.parentElement;
		const style = getComputedStyle(block);
		const room = block.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
		for (const word of node.data.matchAll(/\S+/g)) {
			const range = document.createRange();
			range.setStart(node, word.index);
			range.setEnd(node, word.index + word[0].length);
			const boxes = [...range.getClientRects()].filter(box => box.width > 0);
			const lines = new Set(boxes.map(box => Math.round(box.top)));
			if (lines.size > 1 && boxes.reduce((sum, box) => sum + box.width, 0) <= room) broken.push(word[0]);
		}
	}
	return broken;
})()`

// pictures takes the screenshots of a page.
func (b *tab) pictures(name string, width int64) {
	b.Helper()
	if b.shots == "" {
		return
	}
	for _, theme := range []string{"light", "dark"} {
		var picture []byte
		b.do(emulation.SetEmulatedMedia().WithFeatures(
			[]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}),
			chromedp.Sleep(60*time.Millisecond), chromedp.FullScreenshot(&picture, 100))
		if err := os.WriteFile(filepath.Join(b.shots,
			fmt.Sprintf("%s-%d-%s.png", name, width, theme)), picture, 0o600); err != nil {
			b.Fatal(err)
		}
	}
}

// axe looks for what keeps people out, in both themes, if AXE names the script of axe-core.
func (b *tab) axe(name string) {
	b.Helper()
	script := os.Getenv("AXE")
	if script == "" {
		return
	}
	source, err := os.ReadFile(script)
	if err != nil {
		b.Fatal(err)
	}
	for _, theme := range []string{"light", "dark"} {
		var found []string
		b.do(emulation.SetEmulatedMedia().WithFeatures(
			[]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}),
			chromedp.Evaluate(string(source)+";0", nil),
			chromedp.Evaluate(
				`axe.run(document).then(r => r.violations.map(v => v.impact + " " + v.id + ": " + v.nodes.map(n => n.html.slice(0, 160)).join(" | ")))`,
				&found, chromedp.EvalAsValue, awaited))
		for _, violation := range found {
			b.Errorf("axe, %s, %s: %s", name, theme, violation)
		}
	}
}

// reload as a person does.
func (b *tab) reload() {
	b.Helper()
	b.do(chromedp.ActionFunc(func(ctx context.Context) error { return browser.Reload().Do(ctx) }),
		chromedp.WaitReady("main"))
}

// checkTarget goes from the preview to the figures for the test's receiver, to which all are to go
// at once.
func (b *tab) checkTarget() {
	b.Helper()
	b.press("Choose the target")
	b.once(chromedp.SendKeys("#mark", secrets.Mark, chromedp.ByQuery, chromedp.NodeVisible))
	b.once(chromedp.Evaluate(
		`{const canary = document.querySelector("input[name=canary]"); if (canary.checked) canary.click(); 0}`,
		nil))
	b.press("Check against the target")
}

func (b *tab) choose(selector, value string) {
	b.Helper()
	b.within(10*time.Second, chromedp.SetValue(selector, value, chromedp.ByQuery))
}

func (b *tab) check(selector string) {
	b.Helper()
	b.within(10*time.Second, chromedp.Click(selector, chromedp.ByQuery))
}

func (b *tab) text(selector string) (text string) {
	b.Helper()
	b.within(10*time.Second, chromedp.Text(selector, &text, chromedp.ByQuery))
	return strings.TrimSpace(text)
}

// location is the page's address, without its query.
func (b *tab) location() string {
	b.Helper()
	var where string
	b.do(chromedp.Location(&where))
	where, _, _ = strings.Cut(where, "?")
	return where
}

// still fails if anything on the page moves unasked while figures stream in.
func (b *tab) still() {
	b.Helper()
	var moved []string
	b.reload()
	b.do(chromedp.Evaluate(`new Promise(done => {
		const moved = [];
		new PerformanceObserver(list => {
			for (const entry of list.getEntries()) moved.push(entry.value + ": " + entry.sources.map(s => (s.node?.id || s.node?.parentElement?.outerHTML || "") + " " + s.previousRect.x + " to " + s.currentRect.x).join(", "));
		}).observe({type: "layout-shift"});
		setTimeout(() => done(moved), 2000);
	})`, &moved, awaited))
	if len(moved) > 0 {
		b.Errorf("the page shifts while a run goes on: %s", strings.Join(moved, "; "))
	}
}

// longTasks are the milliseconds for which the page has kept its browser from doing anything else.
func (b *tab) longTasks() (tasks []int) {
	b.Helper()
	b.do(chromedp.Evaluate(`new Promise(done => {
		const tasks = [];
		new PerformanceObserver(list => { for (const entry of list.getEntries()) tasks.push(Math.round(entry.duration)); }).observe({type: "longtask", buffered: true});
		setTimeout(() => done(tasks), 300);
	})`, &tasks, awaited))
	return tasks
}

// front brings the tab before the others: a browser paints no other.
func (b *tab) front() {
	b.Helper()
	b.do(browser.BringToFront())
}

// speaks sets the language of the browser.
func (b *tab) speaks(language string) {
	b.Helper()
	b.do(emulation.SetUserAgentOverride("e2e").WithAcceptLanguage(language),
		emulation.SetLocaleOverride().WithLocale(language), browserReload())
}

func browserReload() chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error { return browser.Reload().Do(ctx) })
}
