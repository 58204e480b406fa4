//go:build spreadsheet

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"ableimport/importer/sandbox"
	"ableimport/samples/secrets"
)

// An export as a billing system of a locale writes it, with texts among its cells that look like
// numbers, dates and formulas.
type export struct {
	formats, rows string
	fixed         string // amount of the faulty invoice
}

var sheetExports = map[string]export{
	"de-DE": {
		formats: "number: \"1.234,56\"\n  date: \"DD.MM.YYYY\"",
		rows: "Nummer;Datum;Betrag;Mail;Kunde;Text\n" +
			"0001;02.01.2026;1.234,50;anna@example.com;007;=1+1\n" +
			"0002;03.01.2026;12,5x;boris@example.com;008;@Rabatt\n" +
			"0003;04.01.2026;1.000,00;;0049;-5\n" +
			"0004;05.01.2026;x99;dora@example.com;1-2;3.4\n",
		fixed: "12,50",
	},
	"en-US": {
		formats: "number: \"1,234.56\"\n  date: \"MM/DD/YYYY\"",
		rows: "Nummer,Datum,Betrag,Mail,Kunde,Text\n" +
			"0001,01/02/2026,\"1,234.50\",anna@example.com,007,=1+1\n" +
			"0002,01/03/2026,12.5x,boris@example.com,008,@Rabatt\n" +
			"0003,01/04/2026,\"1,000.00\",,0049,-5\n" +
			"0004,01/05/2026,x99,dora@example.com,1-2,3.4\n",
		fixed: "12.50",
	},
}

const spreadsheetMapping = `version: 1
name: invoices
event: Purchase
formats:
  %s
  timezone: UTC
  time_of_day: "12:00"
fields:
  order_id: Nummer
  event_time: Datum
  deal_value: Betrag
  deal_currency: {const: EUR}
  description: Text
  keys: {email: Mail}
  custom_data: {customer: Kunde}
`

// What failed goes through a spreadsheet program and back: only the corrected rows are sent, and a
// third run has nothing to do.
func TestSpreadsheetRoundTrip(t *testing.T) {
	if _, err := exec.LookPath("soffice"); err != nil {
		t.Skip("LibreOffice (soffice) is not here: no round trip through a spreadsheet program")
	}
	for locale, export := range sheetExports {
		o := newOffice(t, locale)
		for _, form := range []string{"xlsx", "csv"} {
			t.Run(locale+"/"+form, func(t *testing.T) { roundTrip(t, o, export, form) })
		}
	}
}

func roundTrip(t *testing.T, o office, e export, form string) {
	receiver, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer receiver.Close()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "mapping.yaml"), fmt.Sprintf(spreadsheetMapping, e.formats))
	write(t, filepath.Join(dir, "invoices.csv"), e.rows)
	s := session{t: t, dir: dir, endpoint: receiver.URL()}

	s.exits(3, "run", "-m", "mapping.yaml", "invoices.csv")
	wantOrders(t, receiver, "0001")
	failures, _ := filepath.Glob(filepath.Join(dir, "state", "runs", "*",
		"invoices.failures."+form))
	if len(failures) != 1 {
		t.Fatalf("failures files: %v", failures)
	}
	opened := o.convert(t, failures[0], "xlsx", filepath.Join(dir, "opened"))
	edit(t, opened, e.fixed)
	fixed := o.convert(t, opened, form, filepath.Join(dir, "fixed"))

	s.exits(3, "run", fixed) // 0003 still has no e-mail, and 0004 no amount
	wantOrders(t, receiver, "0001", "0002")
	s.exits(3, "run", fixed)
	if out := s.exits(3, "run", "-m", "mapping.yaml", "invoices.csv"); !strings.Contains(out,
		"corrected") {
		t.Errorf("the original's next run does not know the corrected row:\n%s", out)
	}
	wantOrders(t, receiver, "0001", "0002")
}

// edit fixes the amount of the second invoice, as somebody with the file open would.
func edit(t *testing.T, path, amount string) {
	t.Helper()
	book, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	sheet := book.GetSheetName(0)
	rows, err := book.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	for r, row := range rows {
		for c, cell := range row {
			if len(cell) == len("12,5x") && strings.HasPrefix(cell, "12") &&
				strings.HasSuffix(cell, "5x") {
				name, _ := excelize.CoordinatesToCellName(c+1, r+1)
				if err := book.SetCellStr(sheet, name, amount); err != nil {
					t.Fatal(err)
				}
				if err := book.Save(); err != nil {
					t.Fatal(err)
				}
				return
			}
		}
	}
	t.Fatalf("the faulty amount is not in %v", rows)
}

// An office is LibreOffice as somebody has set it up: the folder of its profile, and what is chosen
// when a CSV is opened (delimiter, quote, UTF-8, first row, language, dates and numbers recognised)
// and saved.
type office struct{ profile, csv string }

var offices = map[string]string{"de-DE": "59,34,76,1,,1031,false,true",
	"en-US": "44,34,76,1,,1033,false,true"}

func newOffice(t *testing.T, locale string) office {
	t.Helper()
	profile := t.TempDir()
	if err := os.MkdirAll(filepath.Join(profile, "user"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(profile, "user", "registrymodifications.xcu"), `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>`+locale+`</value></prop></item>
</oor:items>
`)
	return office{profile, offices[locale]}
}

// convert lets the program open a file and save it in another form.
func (o office) convert(t *testing.T, path, form, folder string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	args := []string{"-env:UserInstallation=file://" + o.profile, "--headless", "--norestore"}
	if filepath.Ext(path) == ".csv" {
		args = append(args, "--infilter=CSV:"+o.csv)
	}
	filter := form
	if form == "csv" {
		filter += ":Text - txt - csv (StarCalc):" + o.csv
	}
	out, err := exec.CommandContext(ctx, "soffice",
		append(args, "--convert-to", filter, "--outdir", folder, path)...).CombinedOutput()
	base := filepath.Base(path)
	saved := filepath.Join(folder, strings.TrimSuffix(base, filepath.Ext(base))+"."+form)
	if _, statErr := os.Stat(saved); err != nil || statErr != nil {
		t.Fatalf("soffice: %v\n%s", err, out)
	}
	return saved
}

// A session is somebody at a prompt in a folder.
type session struct {
	t             *testing.T
	dir, endpoint string
}

func (s session) exits(code int, args ...string) string {
	s.t.Helper()
	s.t.Chdir(s.dir)
	var out bytes.Buffer
	environment := map[string]string{
		"ABLE_ENDPOINT": s.endpoint, "ABLE_FUNNEL_MARK": secrets.Mark,
		"ABLE_IMPORT_STATE_DIR": filepath.Join(s.dir, "state"),
	}
	streams := streams{in: strings.NewReader(""), out: &out, err: &out}
	if got := run(context.Background(), args, streams,
		func(name string) string { return environment[name] }); got != code {
		s.t.Fatalf("able-import %s exits %d, want %d\n%s", strings.Join(args, " "),
			got, code, out.String())
	}
	secrets.Check(s.t, strings.Join(args, " "), out.String())
	return out.String()
}

func wantOrders(t *testing.T, receiver *sandbox.Server, orders ...string) {
	t.Helper()
	var got []string
	for _, event := range receiver.Events() {
		got = append(got, event.OrderID)
	}
	if strings.Join(got, " ") != strings.Join(orders, " ") {
		t.Fatalf("the receiver has %v, want %v", got, orders)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
