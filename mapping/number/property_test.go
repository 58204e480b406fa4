package number

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ableimport/mapping/cell"
)

// numberStyle is a way of writing numbers, by its own code: grouping by string
// handling, so that the reader is not tested against itself.
type numberStyle struct {
	example, decimal, group string
	indian                  bool
}

var numberStyles = []numberStyle{
	{"1,234.56", ".", ",", false},
	{"1.234,56", ",", ".", false},
	{"1 234,56", ",", " ", false},
	{"1 234,56", ",", "\u00a0", false},
	{"1 234.56", ".", "\u202f", false},
	{"1'234.56", ".", "'", false},
	{"1’234,56", ",", "’", false},
	{"1,23,456.78", ".", ",", true},
	{"1234.56", ".", "", false},
	{"1234,56", ",", "", false},
}

func (s numberStyle) write(d Decimal) string {
	text := d.String()
	text = strings.TrimPrefix(text, "-")
	whole, fraction, found := strings.Cut(text, ".")
	step, grouped := 3, ""
	for len(whole) > step && s.group != "" {
		grouped = s.group + whole[len(whole)-step:] + grouped
		whole = whole[:len(whole)-step]
		if s.indian {
			step = 2
		}
	}
	text = whole + grouped
	if found {
		text += s.decimal + fraction
	}
	return text
}

var signStyles = []func(string) string{
	func(n string) string { return "-" + n },
	func(n string) string { return n + "-" },
	func(n string) string { return "(" + n + ")" },
	func(n string) string { return "−" + n },
	func(n string) string { return "△" + n },
	func(n string) string { return "-$" + n },
	func(n string) string { return "$-" + n },
	func(n string) string { return "(€ " + n + ")" },
	func(n string) string { return "-" + n + " EUR" },
	func(n string) string { return "'-" + n },
}

var plusStyles = []func(string) string{
	func(n string) string { return n },
	func(n string) string { return "$" + n },
	func(n string) string { return "Rs. " + n + "/-" },
	func(n string) string { return n + " EUR " },
	func(n string) string { return n + "円" },
	func(n string) string { return "+" + n },
}

func drawWritten(t *rapid.T, style numberStyle) (Decimal, string) {
	number := anyDecimal().Draw(t, "number")
	written := style.write(number)
	if number.Coef < 0 {
		return number, rapid.SampledFrom(signStyles).Draw(t, "sign")(written)
	}
	return number, rapid.SampledFrom(plusStyles).Draw(t, "sign")(written)
}

func TestNumberWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		style := rapid.SampledFrom(numberStyles).Draw(t, "style")
		number, written := drawWritten(t, style)
		format, err := ParseFormat(style.example)
		if err != nil {
			t.Fatal(err)
		}
		got, err := format.Read([]byte(written), cell.Text)
		if err != nil || got != number {
			t.Fatalf("%q as %q: got %v, %v; want %v", written, style.example, got, err, number)
		}
	})
}

// A column of one style is read as it was written, or asked about; never read otherwise.
func TestNumberColumnIsProvedOrAskedAbout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		style := rapid.SampledFrom(numberStyles).Draw(t, "style")
		var proof Proof
		var numbers []Decimal
		var column []string
		for row := range rapid.IntRange(1, 6).Draw(t, "rows") {
			number, written := drawWritten(t, style)
			if code, one := currencyIn(written); one && !payable(number, code) {
				continue // no writer has thousandths of a euro, and the proof relies on that
			}
			numbers, column = append(numbers, number), append(column, written)
			proof.Observe(row+1, []byte(written), cell.Text, "")
		}
		format, open := proof.Resolve()
		if open != nil {
			return
		}
		for i := range column {
			got, err := format.Read([]byte(column[i]), cell.Text)
			if err != nil || !got.Equal(numbers[i]) {
				t.Fatalf("column %q proved as %v: %q gives %v, %v; want %v", column, format,
					column[i], got, err, numbers[i])
			}
		}
	})
}

// The readings of a bare number by regular expressions, independent of the reader's code.
var readingPatterns = []struct{ pattern, decimal, groups string }{
	{`^(\d+|[1-9]\d{0,2}(,\d{3})+|[1-9]\d{0,1}(,\d{2})+,\d{3}|)(\.\d+)?$`, ".", ","},
	{`^([1-9]\d{0,2}( \d{3})+)(\.\d+)?$`, ".", " "},
	{`^([1-9]\d{0,2}('\d{3})+)(\.\d+)?$`, ".", "'"},
	{`^(\d+|[1-9]\d{0,2}(\.\d{3})+|)(,\d+)?$`, ",", "."},
	{`^([1-9]\d{0,2}( \d{3})+)(,\d+)?$`, ",", " "},
	{`^([1-9]\d{0,2}('\d{3})+)(,\d+)?$`, ",", "'"},
}

func readingsOf(text string) map[string]bool {
	found := map[string]bool{}
	for _, p := range readingPatterns {
		if text == "" || !regexp.MustCompile(p.pattern).MatchString(text) {
			continue
		}
		plain := strings.Replace(strings.ReplaceAll(text, p.groups, ""), p.decimal, ".", 1)
		plain = strings.TrimLeft(plain, "0")
		if strings.Contains(plain, ".") {
			plain = strings.TrimRight(strings.TrimRight(plain, "0"), ".")
		}
		if plain == "" || plain[0] == '.' {
			plain = "0" + plain
		}
		found[plain] = true
	}
	return found
}

func TestNumberOfTwoReadingsIsNeverGuessed(t *testing.T) {
	texts := rapid.StringMatching(`[0-9]{1,3}([,. ']?[0-9]{1,3}){0,3}`)
	plain := regexp.MustCompile(`^\d+(\.\d+)?$`)
	rapid.Check(t, func(t *rapid.T) {
		text := texts.Draw(t, "text")
		want := readingsOf(text)
		var unpinned Format
		if _, err := unpinned.Read([]byte(text),
			cell.Text); (err == nil) != plain.MatchString(text) {
			t.Fatalf("%q read without a format: %v", text, err)
		}
		var proof Proof
		proof.Observe(1, []byte(text), cell.Text, "")
		format, open := proof.Resolve()
		if len(want) > 1 != (open != nil) {
			t.Fatalf("%q has the readings %v; question: %+v", text, want, open)
		}
		if open != nil {
			return
		}
		got, err := format.Read([]byte(text), cell.Text)
		if err == nil != (len(want) == 1) || err == nil && !want[got.Trimmed().String()] {
			t.Fatalf("%q proved as %v: got %v, %v; want %v", text, format, got, err, want)
		}
	})
}

func FuzzNumber(f *testing.F) {
	for _, seed := range []string{"12.50", "1,234.56", "(12.00)", "△１，２３４円", "Rs. 1,23,456/-",
		"'-45.5", "12 CR", "¥1,000-", "$12 USD", "12%"} {
		f.Add(seed)
	}
	formats := []Format{{}}
	for _, style := range numberStyles {
		format, err := ParseFormat(style.example)
		if err != nil {
			f.Fatal(err)
		}
		formats = append(formats, format)
	}
	plain := regexp.MustCompile(`^\s*-?\d+(\.\d+)?\s*$`)
	f.Fuzz(func(t *testing.T, text string) {
		for i := range formats {
			got, _, err := formats[i].ReadMoney([]byte(text), cell.Text)
			if err != nil {
				continue
			}
			if i == 0 && !plain.MatchString(strings.TrimSpace(text)) {
				t.Fatalf("%q read as a plain number: %v", text, got)
			}
			again, err := formats[0].Read([]byte(got.String()), cell.Number)
			if err != nil || again != got {
				t.Fatalf("%q as %v gives %v, which is read as %v, %v", text, formats[i],
					got, again, err)
			}
		}
		checkProof(t, text)
	})
}

// checkProof fails if the value alone is proved to be something that another format reads
// differently.
func checkProof(t *testing.T, text string) {
	var proof Proof
	proof.Observe(1, []byte(text), cell.Text, "")
	format, open := proof.Resolve()
	if open != nil {
		if len(open.Examples) < 2 {
			t.Fatalf("%q: a question without readings: %+v", text, open)
		}
		return
	}
	got, err := format.Read([]byte(text), cell.Text)
	if err != nil {
		return
	}
	for _, style := range numberStyles {
		other, _ := ParseFormat(style.example)
		if value, err := other.Read([]byte(text), cell.Text); err == nil && !value.Equal(got) {
			if code, one := currencyIn(text); one && !payable(value, code) {
				continue
			}
			t.Fatalf("%q is proved to be %v, but %s reads %v", text, got, style.example, value)
		}
	}
}

func currencyIn(text string) (string, bool) {
	var s Scanned
	if s.Scan([]byte(text)) != nil {
		return "", false
	}
	return SignCurrency(s.Currency)
}

// TestPlainNumberOfAnyLength: short numbers are read all at once, and longer ones digit by digit.
// Zeros before a number make it long, and change nothing else.
func TestPlainNumberOfAnyLength(t *testing.T) {
	digit := rapid.SampledFrom([]byte("0123456789"))
	other := rapid.SampledFrom([]byte("......-/:,e \x00\x10\x1e\x7f\x8a\xae\xb0\xb9\xff"))
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOfN(digit, 1, 9).Draw(t, "digits")
		for range rapid.IntRange(0, 2).Draw(t, "others") {
			text[rapid.IntRange(0, len(text)-1).Draw(t, "at")] = other.Draw(t, "other")
		}
		if !cell.IsDigit(text[0]) || !cell.IsVisible(text) {
			t.Skip("zeros would change it")
		}
		if d, err := plainNumber(append([]byte{'.'}, text...)); err != errNotNumber {
			t.Fatalf(".%q is %v (%v)", text, d, err)
		}
		long := append([]byte("000000000"), text...)
		for _, sign := range []string{"", "-"} {
			got, err := plainNumber(append([]byte(sign), text...))
			want, wantErr := plainNumber(append([]byte(sign), long...))
			if got != want || err != wantErr {
				t.Fatalf("%s%q is %v (%v), and %v (%v) after zeros", sign, text, got, err, want,
					wantErr)
			}
		}
	})
}
