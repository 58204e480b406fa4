package mapping

import (
	"bytes"
	"strings"
	"unicode"
)

// balanceWords are what bank statements write beside what was on the account before and after their rows.
var balanceWords = wordSet("opening balance", "closing balance", "starting balance", "beginning balance", "ending balance", "final balance",
	"balance brought forward", "balance carried forward", "brought forward", "carried forward", "previous balance", "new balance",
	"anfangssaldo", "endsaldo", "schlusssaldo", "schlußsaldo", "eröffnungssaldo", "alter saldo", "neuer saldo", "saldovortrag", "kontostand",
	"solde initial", "solde final", "ancien solde", "nouveau solde", "solde précédent", "saldo inicial", "saldo final", "saldo anterior",
	"saldo iniziale", "saldo finale", "beginsaldo", "eindsaldo", "前日残高", "繰越残高", "期首残高", "期末残高")

// isBalance tells a row without an id that says what is on an account from one of data: it is nobody's, since it has no visitor key
// either, and one of its cells says so. Its amount is no sum of the rows, so that it proves nothing.
func (m *Mapper) isBalance(row *Row) bool {
	f := &m.footer
	if len(f.ids)+len(f.keys) == 0 {
		return false
	}
	var c cell
	for _, column := range f.keys {
		if readCell(&c, row, column); !c.empty() {
			return false
		}
	}
	for column := range row.Cells {
		if readCell(&c, row, column); isBalanceLabel(c.text) {
			return true
		}
	}
	return false
}

// isBalanceLabel knows the labels whatever their case, with or without a colon.
func isBalanceLabel(text []byte) bool {
	const longest = 60
	if len(text) > longest || bytes.IndexFunc(text, unicode.IsLetter) != 0 {
		return false
	}
	return balanceWords[strings.ToLower(string(bytes.TrimRight(text, " :.")))]
}
