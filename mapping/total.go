package mapping

import (
	"bytes"
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode"

	"ableimport/mapping/cell"
)

// totalWords are what exports write beside a total. A longer label has to
// begin with one of totalPhrases.
// Letters beyond ASCII stand in each case in which they are met.
var totalWords = cell.WordSet("total", "totals", "grand total", "overall total", "sum", "summe", "gesamt", "gesamtsumme", "gesamtbetrag",
	"insgesamt", "endsumme", "zwischensumme", "subtotal", "sub-total", "sub total", "totale", "totali", "totaux", "total général",
	"somme", "suma", "totaal", "totalt", "razem", "celkem", "yhteensä", "összesen", "Összesen", "итого", "Итого", "ИТОГО",
	"всего", "Всего", "ВСЕГО", "разом", "Разом", "toplam",
	"合計", "総計", "小計", "总计", "合计", "總計", "小计", "합계", "총계")

var totalPhrases = []string{"total for ", "total of ", "totals for ", "summe für ", "gesamt für ", "total pour ", "total de "}

// IsTotal tells whether a cell labels a total: "Total", "Summe:", "Total for Ann". It looks at every id of a file,
// so it makes no garbage of those that begin like a label.
func IsTotal(text []byte) bool {
	if len(text) < 3 {
		return false
	}
	maybeWord := totalWordStarts.has(text) && len(text) < limitLabel && !cell.IsDigit(text[len(text)-1])
	maybePhrase := totalPhraseStarts.has(text)
	if !maybeWord && !maybePhrase {
		return false
	}
	var room [limitLabel]byte
	word := room[:0]
	for _, b := range text[:min(len(text), limitLabel)] {
		if 'A' <= b && b <= 'Z' {
			b += 'a' - 'A'
		}
		word = append(word, b)
	}
	if maybeWord && totalWords[string(bytes.TrimRight(word, " :."))] {
		return true
	}
	for _, phrase := range totalPhrases {
		if len(word) > len(phrase) && string(word[:len(phrase)]) == phrase {
			return true
		}
	}
	return false
}

// limitLabel is longer than any of the labels, in bytes.
const limitLabel = 40

// starts tells by two bytes that a text is none of some labels, in whatever case: it spares most ids a closer look. Bit i
// of the first byte's word stands for a second byte with these low six bits.
type starts [256]uint64

var (
	totalWordStarts   = startsOf(maps.Keys(totalWords))
	totalPhraseStarts = startsOf(slices.Values(totalPhrases))
)

func startsOf(labels iter.Seq[string]) *starts {
	s := new(starts)
	for label := range labels {
		for _, first := range []string{label, strings.ToUpper(label)} {
			for _, second := range []string{label, strings.ToUpper(label)} {
				s[first[0]] |= 1 << (second[1] & 63)
			}
		}
	}
	return s
}

func (s *starts) has(text []byte) bool { return s[text[0]]&(1<<(text[1]&63)) != 0 }

// balanceWords are what bank statements write beside what was on the account before and after their rows.
var balanceWords = cell.WordSet("opening balance", "closing balance", "starting balance", "beginning balance", "ending balance", "final balance",
	"balance brought forward", "balance carried forward", "brought forward", "carried forward", "previous balance", "new balance",
	"anfangssaldo", "endsaldo", "schlusssaldo", "schlußsaldo", "eröffnungssaldo", "alter saldo", "neuer saldo", "saldovortrag", "kontostand",
	"solde initial", "solde final", "ancien solde", "nouveau solde", "solde précédent", "saldo inicial", "saldo final", "saldo anterior",
	"saldo iniziale", "saldo finale", "beginsaldo", "eindsaldo", "前日残高", "繰越残高", "期首残高", "期末残高")

// isBalance tells a row without an id that says what is on an account from one of data: it is nobody's, since it has no visitor key
// either, and one of its cells says so. Its amount is no sum of the rows, so that it proves nothing.
func (m *Mapper) isBalance(row *cell.Row) bool {
	f := &m.footer
	if len(f.ids)+len(f.keys) == 0 {
		return false
	}
	var c cell.Cell
	for _, column := range f.keys {
		if cell.Read(&c, row, column); !c.Empty() {
			return false
		}
	}
	for column := range row.Cells {
		if cell.Read(&c, row, column); IsBalanceLabel(c.Text) {
			return true
		}
	}
	return false
}

// IsBalanceLabel knows the labels whatever their case, with or without a colon.
func IsBalanceLabel(text []byte) bool {
	const longest = 60
	if len(text) > longest || bytes.IndexFunc(text, unicode.IsLetter) != 0 {
		return false
	}
	return balanceWords[strings.ToLower(string(bytes.TrimRight(text, " :.")))]
}
