package web

import (
	"net/url"
	"strings"
	"testing"

	"ableimport/importer/sandbox"
)

const statusWords = "Nummer,Paid On,Total,Currency,Customer Email,Zustand\n" +
	"R-1,2026-11-03,10.00,Euro,a@example.com,bezahlt\n" +
	"R-2,2026-11-04,12.00,Euro,b@example.com,bezahlt\n" +
	"R-3,2026-11-05,14.00,Dollar,c@example.com,teilweise bezahlt\n" +
	"R-4,2026-11-06,16.00,Dollar,d@example.com,teilweise bezahlt\n"

// Values are sent as other words: currencies by their codes, states as the receiver calls them. A
// value that comes later, and for which nobody has said a word, is not sent.
func TestValuesAreSentAsOtherWords(t *testing.T) {
	s := startSite(t, sandbox.Options{})
	v := s.visit()
	open := v.drop(write0600(t, "sales.csv", statusWords))
	v.wait(open + "/columns")
	v.post(open+"/columns", url.Values{"answer.0.1": {"yes"},
		"field.fields.order_id":           {"col:Nummer"},
		"field.fields.deal_currency":      {"col:Currency"},
		"field.fields.custom_data.status": {"col:Zustand"}})
	page := v.wait(open + "/columns")
	v.expects(page, `name="words.fields.deal_currency" value="Currency"`,
		`name="word.fields.custom_data.status.teilweise bezahlt" value="teilweise bezahlt"`,
		"2 rows")
	if strings.Contains(page, `name="words.fields.order_id"`) {
		t.Error("order numbers are no words")
	}

	form := url.Values{
		"words.fields.deal_currency":                       {"Currency"},
		"word.fields.deal_currency.Euro":                   {"EUR"},
		"word.fields.deal_currency.Dollar":                 {"USD"},
		"words.fields.custom_data.status":                  {"Zustand"},
		"word.fields.custom_data.status.bezahlt":           {"paid"},
		"word.fields.custom_data.status.teilweise bezahlt": {""},
	}
	v.post(open+"/columns", form)
	v.expects(v.wait(open+"/preview"), "4 events ready to send", ">22.00</data> EUR",
		">30.00</data> USD")
	_, saved := v.get(open + "/mapping")
	if strings.Contains(saved, "OPEN") {
		t.Errorf("nothing is open any more:\n%s", saved)
	}
	v.expects(saved, "map: {Euro: EUR, Dollar: USD}",
		"map: {bezahlt: paid, teilweise bezahlt: teilweise bezahlt}")
	v.expects(v.wait(open+"/columns"), `name="word.fields.custom_data.status.bezahlt" value="paid"`)
	v.sendAll(open, url.Values{"target": {"able"}})
	currencies := map[string]int{}
	for _, event := range s.receiver.Events() {
		currencies[event.Currency]++
	}
	if currencies["EUR"] != 2 || currencies["USD"] != 2 {
		t.Errorf("%v has arrived", currencies)
	}

	// the next file has the same columns, and one more word
	next := v.drop(write0600(t, "next.csv", strings.NewReplacer("R-", "S-", "Dollar", "Franken").
		Replace(statusWords)))
	v.expects(v.wait(next+"/preview"), "2 events ready to send", "value without a replacement")
	v.post(next+"/columns", url.Values{"words.fields.deal_currency": {"Currency"},
		"word.fields.deal_currency.Euro": {"EUR"}, "word.fields.deal_currency.Franken": {"CHF"}})
	v.expects(v.wait(next+"/preview"), "4 events ready to send", ">30.00</data> CHF")
	_, saved = v.get(next + "/mapping")
	v.expects(saved, "map: {Euro: EUR, Dollar: USD, Franken: CHF}")

	// with another column the words are gone, and with the values themselves there is no map
	v.post(next+"/columns", url.Values{"field.fields.custom_data.status": {"col:Currency"},
		"words.fields.custom_data.status": {"Zustand"}})
	_, saved = v.get(next + "/mapping")
	if strings.Contains(saved, "bezahlt: paid") {
		t.Errorf("words of another column are left:\n%s", saved)
	}
	v.expects(v.wait(next+"/preview"), "4 events ready to send")
}
