package table

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/apd/v3"
	"pgregory.net/rapid"
)

func TestNumbersAreWrittenAsASpreadsheetShowsThem(t *testing.T) {
	for _, test := range []struct{ name, stored, want string }{
		{"whole", "42", "42"},
		{"decimal", "-12.5", "-12.5"},
		{"below one", "0.05", "0.05"},
		{"noise of a binary fraction", "19.989999999999998", "19.99"},
		{"noise that carries over", "9.999999999999999999", "10"},
		{"noise below one", "0.30000000000000004", "0.3"},
		{"noise of a product", "6.2555199999999989", "6.25552"},
		{"kept half", "1.005", "1.005"},
		{"half in the 16th digit", "0.1234567890123455", "0.123456789012346"},
		{"15 digits", "123456789.012345", "123456789.012345"},
		{"17 digits", "45351.999994212962", "45351.999994213"},
		{"trailing zeros", "1001.0", "1001"},
		{"trailing zeros after digits", "12.50", "12.5"},
		{"leading zeros", "007", "7"},
		{"no whole part", ".5", "0.5"},
		{"no fraction", "5.", "5"},
		{"plus", "+5", "5"},
		{"zero", "0", "0"},
		{"negative zero", "-0.0", "0"},
		{"exponent", "1.5E+3", "1500"},
		{"small exponent", "1.5e-3", "0.0015"},
		{"exponent that ends between digits", "1.2345E2", "123.45"},
		{"id in exponent form", "4.814769E+15", "4814769000000000"},
		{"16 digits stay", "1234567890123456", "1234567890123456"},
		{"18 digits stay", "123456789012345678", "123456789012345678"},
		{"18 digits in exponent form stay", "1.23456789012345678E+17", "123456789012345678"},
		{"too many digits before the point stay whole", "1234567890123456.7", "1234567890123456.7"},
		{"largest, nothing rounded before the point", "1.7976931348623157E+308",
			"17976931348623157" + strings.Repeat("0", 292)},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, ok := appendNumber(nil, []byte(test.stored))
			if !ok || string(got) != test.want {
				t.Errorf("appendNumber(%q) = %q, %v; want %q", test.stored, got, ok, test.want)
			}
		})
	}
}

func TestWhatIsNoNumberIsRefused(t *testing.T) {
	for _, stored := range []string{"", "-", ".", "+.", "1,5", "1.2.3", "0x10", "1E", "1E+", "E5",
		"1E99999", "1E401", "12a", "١٢", "1 000", "--1", "NaN", "Infinity"} {
		if got, ok := appendNumber(nil, []byte(stored)); ok {
			t.Errorf("appendNumber(%q) = %q, want a refusal", stored, got)
		}
	}
}

// TestNumbersAgreeWithBinaryFractions takes what spreadsheets store, the shortest text of a double:
// the number that is read differs from it by at most half a unit of the 15th digit.
func TestNumbersAgreeWithBinaryFractions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.Float64Range(-1e14, 1e14).Draw(t, "value")
		stored := strconv.FormatFloat(value, 'g', -1, 64)
		got, ok := appendNumber(nil, []byte(stored))
		if !ok {
			t.Fatalf("appendNumber(%q) is refused", stored)
		}
		var exact, back, difference apd.Decimal
		_, _, err := exact.SetString(stored)
		_, _, backErr := back.SetString(string(got))
		_, subErr := evaluating.Sub(&difference, &exact, &back)
		digits := exact.NumDigits() + int64(exact.Exponent)
		half := apd.New(5, int32(digits)-significant-1)
		if err != nil || backErr != nil || subErr != nil ||
			difference.Abs(&difference).Cmp(half) > 0 {
			t.Fatalf("appendNumber(%q) = %q", stored, got)
		}
		if again, _ := appendNumber(nil, got); !bytes.Equal(again, got) {
			t.Fatalf("appendNumber(%q) = %q, and again %q", stored, got, again)
		}
		if digits := strings.Trim(strings.ReplaceAll(strings.TrimPrefix(string(got), "-"), ".", ""),
			"0"); len(digits) > significant {
			t.Fatalf("appendNumber(%q) = %q has %d digits", stored, got, len(digits))
		}
	})
}

func TestFormatsTellDatesFromNumbers(t *testing.T) {
	date, clock, both, elapsed := numberFormat{date: true}, numberFormat{time: true},
		numberFormat{date: true, time: true}, numberFormat{elapsed: true}
	for code, want := range map[string]numberFormat{
		"General":                          {},
		"GENERAL":                          {},
		"0.00":                             {},
		"#,##0.00":                         {},
		"0%":                               {},
		"0.00E+00":                         {},
		"##0.0E-0":                         {},
		"@":                                {},
		";;;":                              {},
		`0 "days"`:                         {},
		`"due "0.00`:                       {},
		`General" d"`:                      {},
		`\y0`:                              {},
		`[Red]-#,##0.00;[Blue]0.00`:        {},
		`[$-407]#,##0.00`:                  {},
		`#,##0.00 [$€-407]`:                {},
		`0.00 USD`:                         {}, // not quoted, as careless writers leave it
		`_-* #,##0.00 _d_-`:                {},
		"yyyy-mm-dd":                       date,
		"YYYY":                             date,
		"mmm yy":                           date,
		"d":                                date,
		"m/d":                              date,
		"mm":                               date,
		"[$-F800]dddd\\,\\ mmmm\\ dd":      date,
		"[$-407]d. mmmm yyyy;@":            date,
		`yyyy"年"m"月"d"日"`:                  date,
		"[$-411]ggge\"年\"m\"月\"d\"日\"":     date,
		"[$-404]e-m-d":                     date,
		`[=0]"";yyyy-mm-dd`:                date,
		`dd.mm.yyyy;"-";"-"`:               date,
		"B2yyyy-mm-dd":                     date,
		"h:mm":                             clock,
		"hh.mm":                            clock,
		"h:mm AM/PM":                       clock,
		"mm:ss":                            clock,
		"mmss.0":                           clock,
		"h:mm:ss.000":                      clock,
		"[$-F400]h:mm:ss\\ AM/PM":          clock,
		"A/P":                              clock,
		"yyyy-mm-dd hh:mm":                 both,
		"dd/mm/yyyy h:mm:ss":               both,
		"m/d/yy h:mm":                      both,
		"[h]:mm":                           elapsed,
		"[mm]":                             elapsed,
		"[ss].00":                          elapsed,
		"[Red][h]":                         elapsed,
		"00000":                            {zeros: 5},
		"000-0000":                         {zeros: 7},
		"00000;-00000":                     {zeros: 5},
		"00.00":                            {},
		"0":                                {},
		"#000":                             {},
		"[unclosed":                        {},
		`"unclosed`:                        {},
		strings.Repeat("0", 100_000):       {},
		strings.Repeat("yyyy;", 1000):      date,
		"[" + strings.Repeat("h", 9) + "]": elapsed,
	} {
		got := parseFormat(code)
		got.sign, got.split = "", false
		if want.elapsed {
			got.time = false // a part besides the elapsed one
		}
		if got != want {
			t.Errorf("parseFormat(%.60q) = %+v, want %+v", code, got, want)
		}
	}
}

func TestGeneralIsKnownInTheLanguagesOfSpreadsheets(t *testing.T) {
	for _, code := range []string{
		"General", "GENERAL", "Standard", "standard", "Geral", "Standaard", "Algemeen", "Estándar",
		"Estàndard", "Allgemein",
		"Základný", "Generale", "Général", "Genel", "Yleinen", "Normál", "Normal", "Všeobecný",
		"Všeobecne", "Standardowy",
		"Ogólny", "Umum", "Chung", "Opće", "Splošno", "Üldine", "Almennt", "Общий", "Основной",
		"Загальний", "Γενικός τύπος",
		"G/通用格式", "G/標準", "G/표준", "G/常规", "[$-804]G/通用格式", "[$-411]G/標準", "[Red]Standard", "כללי",
		"عام", "ทั่วไป",
		"Standard;Standard", "Standard;-Standard;0", "General_)", `Standard" €"`, "BOOLEAN", "Text",
		"Currency", "Fixed", "Percent",
	} {
		if got := parseFormat(code); got.temporal() {
			t.Errorf("parseFormat(%q) is of a date or time: %+v", code, got)
		}
	}
	for _, code := range []string{"yyyy-mm-ddThh:mm", `d"th"`, "dth mmmm", "d de mmmm de yyyy",
		"mmmUhr", "hh:mmUhr", "TT.MM.JJJJ", "yyyy年m月d日", "hh:mm:ssZ", "yyyy-mm-dd UTC", "Date"} {
		if got := parseFormat(code); !got.temporal() {
			t.Errorf("parseFormat(%q) is of no date and no time: %+v", code, got)
		}
	}
}

func TestWordsBesideNumbersAreKept(t *testing.T) {
	for code, want := range map[string]string{
		"#,##0.00 [$€-407]":                   "€",
		"[$$-409]#,##0.00":                    "$",
		"[$USD] #,##0.00":                     "USD",
		"[$CHF-807] #,##0.00":                 "CHF",
		"[$kr.-406] #,##0.00":                 "kr.",
		"[$R$ -416]#,##0.00":                  "R$",
		"[$-409]#,##0.00":                     "",
		"[$€-2]#,##0.00;[Red]-[$€-2]#,##0.00": "€",
		`"CHF" #,##0.00`:                      "CHF",
		`#,##0.00" EUR"`:                      "EUR",
		`\C\H\F\ 0.00`:                        "CHF",
		`"$"#,##0.00_);[Red]("$"#,##0.00)`:    "$",
		`\$0.00`:                              "$",
		`£#,##0.00`:                           "£",
		`_-* #,##0.00\ "€"_-;-* #,##0.00\ "€"_-;_-@_-`:               "€",
		`_("$"* #,##0.00_);_("$"* \(#,##0.00\);_("$"* "-"??_);_(@_)`: "$",
		`_-"£"* #,##0.00_-`:                "£",
		"#,##0.00 zł":                      "zł",
		`#,##0.00 "Kč"`:                    "Kč",
		"0.00 USD":                         "USD",
		"EUR 0.00":                         "EUR",
		`General "EUR"`:                    "EUR",
		`Standard\ "€"`:                    "Standard €",
		`"$"#,##0.00" USD"`:                "$ USD",
		`0.00;-0.00" €"`:                   "€",
		`0 "pcs"`:                          "pcs",
		"0.00E+00":                         "",
		"#,##0.00":                         "",
		"[Red]#,##0.00":                    "",
		"[>=1000]#,##0.0":                  "",
		`0;-0;0;"CHF "@`:                   "",
		`d mmm yyyy "CHF"`:                 "",
		`[$-407]d. mmmm yyyy`:              "",
		`[$€`:                              "€",
		`"unclosed`:                        "unclosed",
		`\`:                                "",
		"[unclosed":                        "unclosed",
		"0.00 ## ?/? (-+,.)":               "",
		"0.00%":                            "%",
		"-#,##0.00":                        "-",
		`"€ -"#,##0.00`:                    "€ -",
		"[Red](#,##0.00)":                  "-",
		`\-0.00_);0.00`:                    "-",
		"0.00-":                            "-",
		`0.00\ "-"`:                        "-",
		"#,##0.-":                          "",
		`#,##0",-"`:                        ",-",
		`"INV-"0`:                          "INV-",
		"000-000":                          "",
		`#,##0.00;(#,##0.00)`:              "",
		`_-* 0.00_-;-* 0.00_-;_-* "-"??_-`: "",
		`"(EUR) "0.00`:                     "(EUR)",
		`""0.00" Cr"`:                      "Cr",
		`0.00" Dr";0.00" Cr"`:              "Dr Cr",
		`[$￥-804]#,##0.00`:                 "￥",
		`#,##0.0 "%"`:                      "%",
	} {
		if got := parseFormat(code).sign; got != want {
			t.Errorf("parseFormat(%q) shows %q beside a number, want %q", code, got, want)
		}
	}
}

func TestSerialsBecomeDates(t *testing.T) {
	date, clock, both, elapsed := "yyyy-mm-dd", "h:mm", "yyyy-mm-dd hh:mm", "[h]:mm"
	for _, test := range []struct {
		name, number, code string
		from1904           bool
		want               string
		kind               byte
	}{
		{"day", "45992", date, false, "2025-12-01", Date},
		{"day and time", "45992.75", both, false, "2025-12-01T18:00:00", DateTime},
		{"a date format does not hide a time", "45992.75", date, false, "2025-12-01T18:00:00",
			DateTime},
		{"midnight that is shown", "45992", both, false, "2025-12-01T00:00:00", DateTime},
		{"a third of a day", "45351.3333333333", both, false, "2024-02-29T08:00:00", DateTime},
		{"fractions of a second", "0.563138888888889", clock, false, "13:30:55.2", Time},
		{"a fraction that is shown as the next second", "0.563146990740741", clock, false,
			"13:30:56", Time},
		{"fractions of a second that are shown", "0.563138888888889", "h:mm:ss.0", false,
			"13:30:55.2", Time},
		{"milliseconds", "45992.0000115856", both, false, "2025-12-01T00:00:01.001", DateTime},
		{"milliseconds that are shown", "45992.0000115856", "yyyy-mm-dd hh:mm:ss.000", false,
			"2025-12-01T00:00:01.001", DateTime},
		{"noise below a second", "45992.7499999884", both, false, "2025-12-01T18:00:00", DateTime},
		{"noise below a second in a date format", "45992.7499999884", date, false,
			"2025-12-01T18:00:00", DateTime},
		{"half a second", "45992.7500057871", both, false, "2025-12-01T18:00:01", DateTime},
		{"more than half a second", "45992.7500057986", both, false, "2025-12-01T18:00:01",
			DateTime},
		{"more than half a second that is shown", "45992.7500057986", "yyyy-mm-dd hh:mm:ss.000",
			false, "2025-12-01T18:00:00.501", DateTime},
		{"just below midnight", "45351.999994213", both, false, "2024-02-29T23:59:59.5", DateTime},
		{"noise below midnight that is shown", "45351.9999999769", both, false,
			"2024-03-01T00:00:00", DateTime},
		{"noise below midnight that is not shown", "45351.9999999769", date, false,
			"2024-02-29T23:59:59.998", DateTime},
		{"hours that round up", "1.4999999", elapsed, false, "36:00:00", Duration},
		{"negative hours that round up", "-0.0624999", elapsed, false, "-01:30:00", Duration},
		{"noise below midnight", "45350.9999999999", date, false, "2024-02-29", Date},
		{"time", "0.75", clock, false, "18:00:00", Time},
		{"midnight", "0", clock, false, "00:00:00", Time},
		{"time in a date format", "0.5", date, false, "12:00:00", Time},
		{"time format over a date", "45992.75", clock, false, "2025-12-01T18:00:00", DateTime},
		{"hours", "1.5", elapsed, false, "36:00:00", Duration},
		{"negative hours", "-0.0625", elapsed, false, "-01:30:00", Duration},
		{"many hours", "100.5", elapsed, false, "2412:00:00", Duration},
		{"first day", "1", date, false, "1900-01-01", Date},
		{"before the day that never was", "59", date, false, "1900-02-28", Date},
		{"the day that never was", "60", date, false, "#DATE! 60", Error},
		{"after it", "61", date, false, "1900-03-01", Date},
		{"no day", "0", date, false, "#DATE! 0", Error},
		{"last day", "2958465", date, false, "9999-12-31", Date},
		{"beyond", "2958466", date, false, "#DATE! 2958466", Error},
		{"far beyond", "123456789012345", date, false, "#DATE! 123456789012345", Error},
		{"negative", "-1", date, false, "#DATE! -1", Error},
		{"1904 first day", "0", date, true, "1904-01-01", Date},
		{"1904 day", "44530", date, true, "2025-12-01", Date},
		{"1904 day 60", "60", date, true, "1904-03-01", Date},
		{"1904 time", "0.5", clock, true, "12:00:00", Time},
		{"1904 last day", "2957003", date, true, "9999-12-31", Date},
		{"1904 beyond", "2957004", date, true, "#DATE! 2957004", Error},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, kind := appendTemporal(nil, []byte(test.number), parseFormat(test.code),
				test.from1904)
			if string(got) != test.want || kind != test.kind {
				t.Errorf("appendTemporal(%s, %s) = %q of kind %d, want %q of kind %d", test.number,
					test.code, got, kind, test.want, test.kind)
			}
		})
	}
}

func TestDaysAgreeWithTheCalendar(t *testing.T) {
	day := time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC)
	for number := 61; number <= lastSerial; number++ {
		if number < 100_000 || number%97 == 0 {
			got, _ := appendTemporal(nil, strconv.AppendInt(nil, int64(number), 10),
				numberFormat{date: true}, false)
			if want := day.AddDate(0, 0, number-61).Format("2006-01-02"); string(got) != want {
				t.Fatalf("serial %d is %s, want %s", number, got, want)
			}
		}
	}
}

func TestZerosOfAFormatAreKept(t *testing.T) {
	for _, test := range []struct {
		number string
		zeros  int
		want   string
	}{{"1234", 5, "01234"}, {"123456", 5, "123456"}, {"-12", 5, "-00012"}, {"12.5", 5, "12.5"}} {
		if got := appendPadded(nil, []byte(test.number), test.zeros); string(got) != test.want {
			t.Errorf("appendPadded(%s, %d) = %s, want %s", test.number, test.zeros, got, test.want)
		}
	}
}

func TestISODates(t *testing.T) {
	for _, test := range []struct {
		stored string
		format numberFormat
		want   string
		kind   byte
	}{
		{"2021-01-01", numberFormat{}, "2021-01-01", Date},
		{"2021-01-01T00:00:00", numberFormat{date: true}, "2021-01-01", Date},
		{"2021-01-01T00:00:00", numberFormat{date: true, time: true}, "2021-01-01T00:00:00",
			DateTime},
		{"2021-01-01T10:10:10.250", numberFormat{date: true}, "2021-01-01T10:10:10.25", DateTime},
		{"2021-01-01T10:10:10.750", numberFormat{date: true, time: true}, "2021-01-01T10:10:11",
			DateTime},
		{"2021-01-01T10:10:10.750", numberFormat{date: true, split: true}, "2021-01-01T10:10:10.75",
			DateTime},
		{"2021-12-31T23:59:59.9999999", numberFormat{date: true, time: true}, "2022-01-01T00:00:00",
			DateTime},
		{"2021-12-31T23:59:59.9999999", numberFormat{date: true}, "2022-01-01", Date},
		{"10:10:10", numberFormat{time: true}, "10:10:10", Time},
		{"10:10:09.9999", numberFormat{time: true}, "10:10:10", Time},
		{"26:30:00", numberFormat{elapsed: true}, "26:30:00", Duration},
		{"PT26H30M", numberFormat{}, "26:30:00", Duration},
		{"PT1H30M15.5S", numberFormat{split: true}, "01:30:15.5", Duration},
		{"PT90M", numberFormat{}, "01:30:00", Duration},
		{"P1DT2H", numberFormat{}, "26:00:00", Duration},
		{"P1W", numberFormat{}, "168:00:00", Duration},
		{"-PT0H5M0S", numberFormat{}, "-00:05:00", Duration},
		{"P1Y2M", numberFormat{}, "P1Y2M", Text},
		{"PT99999999999H", numberFormat{}, "PT99999999999H", Text},
		{"PT", numberFormat{}, "", Empty},
		{"P", numberFormat{}, "", Empty},
		{"Paris", numberFormat{}, "", Empty},
		{"2021-01-01T10:10:10Z", numberFormat{}, "2021-01-01T10:10:10Z", Text},
		{"2021-02-30", numberFormat{}, "", Empty},
		{"yesterday", numberFormat{}, "", Empty},
	} {
		got, kind := appendISO(nil, []byte(test.stored), test.format)
		if string(got) != test.want || kind != test.kind {
			t.Errorf("appendISO(%q) = %q of kind %d, want %q of kind %d", test.stored, got, kind,
				test.want, test.kind)
		}
	}
}
