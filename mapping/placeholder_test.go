package mapping

import (
	"reflect"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"ableimport/mapping/cell"
)

// A value that names nobody is not a key; one that only looks odd is.
func TestPlaceholdersAreNoKeys(t *testing.T) {
	for _, test := range []struct {
		key         target
		none, named string // separated by blanks in pairs of |
	}{
		{targetID,
			"n/a|N/A|n.a.|(none)|NULL|nil|undefined|Unknown|anonymous|-|--|—|?|0|000|0.0|-1|" +
				"<null>|[unknown]|not set|(not set)|\\N|guest|" +
				"00000000-0000-0000-0000-000000000000|{00000000-0000-0000-0000-000000000000}|" +
				"00000000000000000000000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff|" +
				"stripe:null|stripe:|stripe:0|****1234|c••••7|[object " +
				"Object]|noemail@noemail.com|Laufkunde|Barverkauf|Consumidor Final|Público en " +
				"general|Client de passage|Guest checkout|POS Customer|Anónimo|Invité|" +
				"Gość|Klient detaliczny|Kontantkund|Particulier|Losse verkoop|Розничный " +
				"покупатель|散客|匿名|ゲスト|One-time customer|CPD|" +
				"Einmalkunde|N.N.|Nicht angegeben|{{customer.id}}|${CUSTOMER}|%CUSTOMER_ID%",
			"1|c-17|nathan|Kundendienst Laufer|none-of-yours|null-17|10|100|stripe:cus_9f|" +
				"cus_none1|00000000-0000-0000-0000-000000000001|a*b|nn|名|0a|urn:x:9"},
		{targetEmail,
			"noemail@noemail.com|NoEmail@x.example|no-email@shop.example|no_reply@shop.example|" +
				"noreply+17@shop.example|no-reply@x.org|do-not-reply@x.org|none@none.com|n/a|" +
				"null@null.com|na@na.na|unknown@shop.example|test@test.com|Test@tester.de|" +
				"test@test|a***@x.com|a**@x|ann.*****@example.com|anonymous@x.org|xxxxx@xxxx.xxx|" +
				"customer@noemail.com|-@-.de|0@example.com|---|nomail@nomail.de|undefined",
			"ann@example.com|nora@x.org|noel.reply@x.org|nathan@none.example|test@example.com|" +
				"info@shop.example|tester@firm.example|a@example.com|xx@example.com|" +
				"xena@xxx.example|noreplyhansen@x.org|guest.house@x.org|c17@noemail.com"},
		{targetPhone,
			"0000000000|+49 000 0000000|1111111|+1 555 555 5555|555-555-5555|(555) " +
				"555-5555|+491111111111|0049 1111111111|9999999999|" +
				"15555555555|01111111111|1234567890|+0|n/a|unknown|+49***12",
			"+49 170 1234567|+33 1 55 55 55 55|+1 212 555 0100|030 1111111|+44 20 7946 0000|0800 " +
				"1111111"},
	} {
		var v visitors
		var m Mapper
		for _, text := range strings.Split(test.none, "|") {
			if !v.isNoKey(test.key, []byte(text)) {
				t.Errorf("%q is taken for a key (%s)", text, targetNames[test.key])
			}
			if m.usualKey(test.key, &value{text: []byte(text), kind: cell.Text}) != nil {
				t.Errorf("%q is a usual key (%s)", text, targetNames[test.key])
			}
		}
		for _, value := range strings.Split(test.named, "|") {
			if v.isNoKey(test.key, []byte(value)) {
				t.Errorf("%q is taken for a placeholder (%s)", value, targetNames[test.key])
			}
		}
	}
}

const keysMapping = `
version: 1
name: keys
event: Purchase
fields:
  order_id: Id
  keys:
    email: {first: [Email, Second], required: false}
    client_id: {column: Client, split: ";", required: false}
    gclid: {column: Click, required: false}
visitors:
  placeholders: [walk*, "*@guests.example"]
  allow: [unknown, sales@shop.example]
`

func TestKeysWithoutPlaceholders(t *testing.T) {
	for _, test := range []struct {
		name, email, second, client string
		want, problems              string
	}{
		{"one beside a key", "ann@example.com", "", "n/a", `{"email":"ann@example.com"}`,
			"key_placeholder warning"},
		{"nothing else", "none@none.com", "", "0", "",
			"key_placeholder warning, key_placeholder warning, no_visitor_key"},
		{"the next column has one", "noemail@x.example", "Ann@example.com", "",
			`{"email":"ann@example.com"}`, ""},
		{"one of several in a cell", "", "", "c-1; null;c-2", `{"client_id":["c-1","c-2"]}`,
			"key_placeholder warning"},
		{"the mapping's own", "", "", "Walk-in 17", "", "key_placeholder warning, no_visitor_key"},
		{"the mapping's own, by its end", "c@GUESTS.example", "", "c-1", `{"client_id":"c-1"}`,
			"key_placeholder warning"},
		{"allowed", "", "", "Unknown", `{"client_id":"Unknown"}`, ""},
	} {
		event := mapOne(t, keysMapping, "Id|Email|Second|Client|Click",
			strings.Join([]string{"A-1", test.email, test.second, test.client, ""}, "|"))
		var problems []string
		for _, p := range event.Problems {
			code := p.Code
			if p.Warning {
				code += " warning"
			}
			problems = append(problems, code)
			if strings.Contains(p.Message(), "none.com") ||
				strings.Contains(p.Message(), "GUESTS") {
				t.Errorf("%s: the message shows an address: %s", test.name, p.Message())
			}
		}
		if got := strings.Join(problems, ", "); got != test.problems {
			t.Errorf("%s: problems %s, want %s", test.name, got, test.problems)
		}
		if test.want != "" && !strings.Contains(string(event.Body), `"keys":`+test.want) {
			t.Errorf("%s: the event is %s, want keys %s", test.name, event.Body, test.want)
		}
	}
}

// The values that are compared with other events' are all except those that the mapping allows.
func TestKeyValuesOfAnEvent(t *testing.T) {
	event := mapOne(t, keysMapping, "Id|Email|Second|Client|Click",
		"A-1|sales@shop.example||c-1;c-2|g")
	var got []string
	for rest := event.KeyValues; len(rest) > 0; {
		var key byte
		var value []byte
		key, value, rest = NextKey(rest)
		got = append(got, KeyNames[key]+" "+string(value))
	}
	if want := "client_id c-1, client_id c-2, gclid g"; strings.Join(got, ", ") != want {
		t.Errorf("the values are %q, want %s", got, want)
	}
}

// A quick look at a usual key must give what the full look gives, which a mapping with placeholders
// of its own takes.
func TestUsualKeysAreKeys(t *testing.T) {
	source := strings.Replace(minimal, "email: Email", "email: Email, "+
		"client_id: {column: Customer, default: \" -1\"}", 1)
	mappers := [2]*Mapper{
		bind(t, source, []string{"Order", "Total", "Currency", "Email", "Customer"}),
		bind(t, source+"visitors: {placeholders: [\"nobody at all\"]}\n",
			[]string{"Order", "Total", "Currency", "Email", "Customer"}),
	}
	email := rapid.OneOf(rapid.StringMatching(`[ ']?[a-zA-Z0-9.+*x_-]{0,9}@?[a-zA-Z0-9.x-]{0,9}`),
		rapid.StringMatching(`(test|no-?reply|info|x{1,5}|Ann|c17)@(test|x{1,5}|none|shop)\.(de|xx)`),
		rapid.String())
	customer := rapid.OneOf(rapid.StringMatching(`[ '{-]?(c-|x:)?[0-9a-z*@•é. \x00-]{0,8}[}\xff]?`),
		rapid.SampledFrom([]string{"-1", " -1", "1.2E+15", "'1", "\xff1", "x:-1", "1**", "{{1}}"}),
		rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		row := cell.Row{Number: 2, Kinds: []byte{1, 1, 1, 1, rapid.Byte().Draw(t, "kind")%2 + 1}}
		for _, text := range []string{"A-1", "12", "EUR", email.Draw(t, "email"),
			customer.Draw(t, "customer")} {
			row.Cells = append(row.Cells, []byte(text))
		}
		var events [2]Event
		for i, m := range mappers {
			m.Map([]cell.Row{row}, &events[i])
		}
		if quick, full := events[0], events[1]; !reflect.DeepEqual(quick, full) {
			t.Errorf("%q and %q give %+v, want %+v", row.Cells[3], row.Cells[4], quick, full)
		}
	})
}

// FuzzKeyPlaceholder: a key that has the digits or letters of a name stays one, and nothing panics.
func FuzzKeyPlaceholder(f *testing.F) {
	for _, seed := range []string{"n/a", "a**@x", "+1 555", "stripe:", "••", "@",
		"test@test", ":", "+"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var v visitors
		for _, key := range []target{targetID, targetEmail, targetPhone} {
			none := v.isNoKey(key, []byte(text))
			if kept := "Zoë-" + text + "-8z7y"; key == targetID &&
				!strings.ContainsAny(text, ":@*•●") && v.isNoKey(key, []byte(kept)) {
				t.Errorf("%q is no key", kept)
			}
			v := visitors{allow: []string{strings.ToLower(strings.TrimSpace(text))}}
			if none && strings.TrimSpace(text) == text && !strings.Contains(text, "*") &&
				strings.ToLower(text) == text && text != "" &&
				string(cell.TrimPersonal([]byte(text))) == text && v.isNoKey(key, []byte(text)) {
				t.Errorf("%q is no key though the mapping allows it", text)
			}
		}
	})
}

// A text with a digit from 1 to 9 cannot be a word of the lists. This short cut must give the same
// as comparing it with each of them.
func FuzzNoKeyWord(f *testing.F) {
	for _, seed := range []string{"-1", "-1.0", "1", "cus_27a", "stripe:null", "stripe:null1",
		"n/a", "x:-1", "0", "00000000-0000-0000-0000-000000000000",
		"ffffffff-ffff-ffff-ffff-ffffffffffff",
		"٠", "(none)", `\N`, "a-b:c:na", "1e", "no1"} {
		f.Add(seed)
	}
	var isNoKeyWordSlowly func(text string) bool
	isNoKeyWordSlowly = func(text string) bool {
		if text == "-1" || isNothing([]byte(text)) {
			return true
		}
		if before, rest, found := strings.Cut(text, ":"); found && isPrefix([]byte(before)) {
			rest = string(cell.Trim([]byte(rest)))
			return rest != "-1" && isNoKeyWordSlowly(rest)
		}
		word := strings.TrimFunc(text, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r)
		})
		lower := strings.ToLower(word)
		return len(text) <= 2*longestPlaceholder && (placeholders[word] ||
			keyPlaceholders[word] || text == `\N` || placeholders[lower] ||
			keyPlaceholders[lower] || strings.Trim(lower, "f-") == "" && len(lower) >= 32)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, want := isNoKeyWord([]byte(text)), isNoKeyWordSlowly(text); got != want {
			t.Errorf("%q is no key: %v, want %v", text, got, want)
		}
	})
}
