package table

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
)

func windows1252(text string) string {
	out, err := charmap.Windows1252.NewEncoder().String(text)
	if err != nil {
		panic(err)
	}
	return out
}

func TestAmbiguousEncoding(t *testing.T) {
	shiftJIS, _ := japanese.ShiftJIS.NewEncoder().String("番号,金額\n1,千円\n")
	tests := []struct {
		name, text string
		needs      [][]string
		want       []string // readings as settings and what is shown
	}{
		{"a heading", windows1252("id,Fällig\n1,2\n"), nil, []string{
			"encoding: windows-1252  # Fällig", "encoding: shift_jis  # F舁lig",
			"encoding: gb18030  # F鋖lig"}},
		{"a cell, shown by its neighbours",
			windows1252("id,name\n1,Dr. Jane Müller-Lüdenscheidt\n"), nil, []string{
				"encoding: windows-1252  # … Müll…", "encoding: gb18030  # … M黮le…"}},
		{"a mapped cell", windows1252("id,name\n1,Ñandú\n"), [][]string{{"id"}, {"name"}}, []string{
			"encoding: windows-1252  # …Ñan…", "encoding: windows-1250  # …Ńan…"}},
		{"Japanese", shiftJIS, nil, []string{
			"encoding: windows-1251  # ”ФЌ†", "encoding: shift_jis  # 番号",
			"encoding: gb18030  # 斣崋"}},
		{"UTF-8 with a broken character", "id,name\n1,Jürgen Müller\n2,Jör\xc3\n", nil, []string{
			"encoding: windows-1252  # …JÃ¼r…", "encoding: windows-1250  # …JĂĽr…",
			"encoding: shift_jis  # …Jﾃｼr…", "encoding: utf-8  # some rows are damaged then"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Open(writeFile(t, "june.csv", test.text), Options{Needs: test.needs})
			var ambiguous *AmbiguousError
			if !errors.As(err, &ambiguous) {
				t.Fatalf("got error %v, want an AmbiguousError", err)
			}
			lines := strings.Split(err.Error(), "\n  ")
			if !strings.HasPrefix(lines[0], "june.csv: it is not UTF-8 from line ") {
				t.Errorf("got %q, want the file and the line", lines[0])
			}
			if diff := cmp.Diff(test.want, lines[1:]); diff != "" {
				t.Errorf("readings (-want +got):\n%s", diff)
			}
		})
	}
}

// What words prove: a word of two scripts rules a reading out, Cyrillic words confirm it, and the
// likeliest is named. The rows that are shown side by side appear in no message.
func TestEncodingsAreToldByWords(t *testing.T) {
	cyrillic, err := charmap.Windows1251.NewEncoder().String("id,name\n1,Иван Петров\n" +
		"2,T-shirt красный\n3,Жанна\n4,Мария\n5,Ольга\n6,Анна\n")
	if err != nil {
		t.Fatal(err)
	}
	polish, err := charmap.Windows1250.NewEncoder().String("id,name\n1,Łukasz Żak\n2,Wałęsa\n" +
		"3,Gałązka\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, text, likely string
		without            string
		rows               int
	}{
		{"German", windows1252("id,name\n1,Señor Müller\n2,Peña\n3,Muñoz\n4,Weiß\n5,Niño\n" +
			"6,Cañas\n7,Núñez\n"), "windows-1252", "windows-1251", 5},
		{"Russian", cyrillic, "windows-1251", "", 5},
		{"Polish", polish, "windows-1250", "windows-1251", 3},
	} {
		_, err := Open(writeFile(t, "june.csv", test.text), Options{})
		var ambiguous *AmbiguousError
		if !errors.As(err, &ambiguous) {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		for _, reading := range ambiguous.Readings {
			if likely := reading.Setting == "encoding: "+test.likely; likely != reading.Likely {
				t.Errorf("%s: %s is likely: %v", test.name, reading.Setting, reading.Likely)
			}
			if test.without != "" && strings.Contains(reading.Setting, test.without) {
				t.Errorf("%s: %s is offered", test.name, reading.Setting)
			}
			if len(reading.Rows) != test.rows || reading.Rows[0].Number != 2 {
				t.Errorf("%s: %d rows are shown for %s", test.name, len(reading.Rows),
					reading.Setting)
			}
		}
		if message := err.Error(); strings.Contains(message, "Müller") ||
			strings.Contains(message, "Петров") || strings.Contains(message, "Wałęsa") {
			t.Errorf("%s: a name is in the message: %s", test.name, message)
		}
	}
}

func TestCertainEncoding(t *testing.T) {
	tests := []struct {
		name, text string
		options    Options
		want       []string
	}{
		{"by setting", windows1252("id;Fällig\n1;5 €\n"), Options{Encoding: "windows-1252"},
			[]string{"1 [id][Fällig]", "2 [1][5 €]"}},
		{"by another name", windows1252("id;Fällig\n1;5 €\n"), Options{Encoding: "CP1252"},
			[]string{"1 [id][Fällig]", "2 [1][5 €]"}},
		{"MacRoman by setting", "id,F\x8allig\n1,2\n", Options{Encoding: "mac_roman"},
			[]string{"1 [id][Fällig]", "2 [1][2]"}},
		{"no mapped cell differs", windows1252("id,total,note\n1,2,Müller\n"),
			Options{Needs: [][]string{{"id"}, {"total", "Total"}}},
			[]string{"1 [id][total][note]", "2 [1][2][Müller]"}},
		{"the mapping's headings prove it", windows1252("id,Fällig\n1,2\n"),
			Options{Needs: [][]string{{"id"}, {"Fällig"}}},
			[]string{"1 [id][Fällig]", "2 [1][2]"}},
		{"a setting beats the bytes", "id,ü\n1,2\n", Options{Encoding: "windows-1252"},
			[]string{"1 [id][Ã¼]", "2 [1][2]"}},
		{"the first umlaut comes late", "id,name\n" + strings.Repeat("1,x\n", 100_000) + "2,ü\n",
			Options{Header: 1},
			append(append([]string{"1 [id][name]"}, numbered(2, 100_000, "[1][x]")...),
				"100002 [2][ü]")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := readLines(t, writeFile(t, "june.csv", test.text), test.options)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAmbiguousDelimiter(t *testing.T) {
	_, err := Open(writeFile(t, "june.csv", "a b,c;d e\nx y,z;u v\n"), Options{})
	want := "june.csv: the first 2 rows are a table with comma as delimiter, and with semicolon " +
		"as well. Add the right line to the mapping's `source:`" +
		"\n  delimiter: \",\"  # 2 columns\n  delimiter: \";\"  # 2 columns"
	if err == nil || err.Error() != want {
		t.Errorf("got error %v, want %s", err, want)
	}
	got := readLines(t, writeFile(t, "june.csv", "a b,c;d e\nx y,z;u v\n"),
		Options{Needs: [][]string{{"a b,c"}}})
	if diff := cmp.Diff([]string{"1 [a b,c][d e]", "2 [x y,z][u v]"}, got); diff != "" {
		t.Errorf("rows with a mapping (-want +got):\n%s", diff)
	}
}

// TestProof cuts characters at the end of the buffer.
func TestProof(t *testing.T) {
	for shift := range 4 {
		for _, test := range []struct {
			tail string
			want proof
		}{
			{"日本\n", proof{utf8: true, invalid: 2}},
			{"日\x9f\n", proof{invalid: 1, multi: 1, broken: 1}},
			{"日本\x00\x1a\x00", proof{utf8: true, invalid: 1, padded: true}},
			{"日\x00本", proof{utf8: true, invalid: 1, nul: true}},
			{"日本\xe6\x9c", proof{invalid: 1, multi: 2, broken: 2}},
		} {
			text := strings.Repeat("x", bufferSize-shift) + test.tail
			test.want.size = int64(len(text))
			got, err := prove(strings.NewReader(text))
			if shift == 3 && !test.want.utf8 {
				test.want.multi-- // the buffer before holds it
			}
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(proof{})); diff != "" ||
				err != nil {
				t.Errorf("%q shifted by %d: %v (-want +got):\n%s", test.tail, shift, err, diff)
			}
		}
	}
}
