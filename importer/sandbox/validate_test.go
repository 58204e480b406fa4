package sandbox

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"ableimport/mapping"
)

// resource makes an event of the inside of its resource.
func resource(inside string) string {
	return `{"funnel_mark":"m","event_type":"Purchase","resource":{` + inside + `}}`
}

const keys = `"keys":{"email":"a@example.com"}`

func TestValidate(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"least event", resource(keys), ""},
		{"example of the reference", `{"funnel_mark":"00000000-0000-0000-0000-000000000000","event_type":"Purchase","resource":{"order_id":"INV-2041",
			"deal_value":10.00,"deal_currency":"USD","deal_items":[{"name":"File download","price":5.00,"qty":2,"sku":"DL1","category":"High-speed"}],
			"keys":{"email":"buyer@example.com","client_id":"12354"}}}`, ""},
		{"every field", resource(keys + `,"event_time":1764547200,"event_source":"x","description":"x","message":"x","referrer_url":"x","utm_source":"x",
			"utm_medium":"x","utm_campaign":"x","utm_term":"x","utm_content":"x","lead":{"firstName":"x","n":1},"custom_data":{"a":[1,null]},"client":{"ip":"::1","ua":"x"}`), ""},
		{"several keys",
			resource(`"keys":{"email":["a@example.com","b@example.com"],"phone":"+1555"}`), ""},
		{"negative value", resource(keys + `,"deal_value":-5.10,"deal_currency":"EUR"`), ""},
		{"withdrawn currency", resource(keys + `,"deal_value":1,"deal_currency":"HRK"`), ""},
		{"time as RFC 3339", resource(keys + `,"event_time":"2025-12-01T18:00:00+01:00"`), ""},

		{"no mark", `{"event_type":"Purchase","resource":{` + keys + `}}`,
			"funnel_mark is required"},
		{"mark is a number", `{"funnel_mark":1,"event_type":"Purchase","resource":{` + keys + `}}`,
			"funnel_mark must be a string"},
		{"mark is a placeholder",
			`{"funnel_mark":"${ABLE_FUNNEL_MARK}","event_type":"Purchase","resource":{` + keys +
				`}}`, "placeholder"},
		{"no type", `{"funnel_mark":"m","resource":{` + keys + `}}`, "event_type is required"},
		{"no resource", `{"funnel_mark":"m","event_type":"Lead"}`, "resource must be an object"},
		{"no keys", resource(`"order_id":"1"`), "resource.keys must be an object"},
		{"keys are empty", resource(`"keys":{}`), "at least one supported key"},
		{"key is empty", resource(`"keys":{"email":" "}`), "at least one supported key"},
		{"key is not known", resource(`"keys":{"mail":"a@example.com"}`),
			"at least one supported key"},
		{"key is a number", resource(`"keys":{"client_id":12354}`),
			"resource.keys.client_id must be a string or an array"},
		{"key in an array is null", resource(`"keys":{"email":[null]}`),
			"resource.keys.email must be"},
		{"value is a string", resource(keys + `,"deal_value":"10.00","deal_currency":"USD"`),
			"deal_value must be a number"},
		{"value is null", resource(keys + `,"deal_value":null,"deal_currency":"USD"`),
			"deal_value must be a number"},
		{"value without currency", resource(keys + `,"deal_value":10.00`),
			"deal_currency is required"},
		{"value out of reach", resource(keys + `,"deal_value":1e999999999,"deal_currency":"USD"`),
			"out of reach"},
		{"currency in small letters", resource(keys + `,"deal_value":1,"deal_currency":"usd"`),
			"ISO 4217"},
		{"currency that is none", resource(keys + `,"deal_value":1,"deal_currency":"ABC"`),
			"ISO 4217"},
		{"currency between two", resource(keys + `,"deal_value":1,"deal_currency":"D A"`),
			"ISO 4217"},
		{"items are an object", resource(keys + `,"deal_items":{}`), "deal_items must be an array"},
		{"item is a string", resource(keys + `,"deal_items":["x"]`),
			"deal_items[0] must be an object"},
		{"price is a string", resource(keys + `,"deal_items":[{"price":1},{"price":"1"}]`),
			"deal_items[1].price must be a number"},
		{"sku is a number", resource(keys + `,"deal_items":[{"sku":1}]`),
			"deal_items[0].sku must be a string"},
		{"order id is a number", resource(keys + `,"order_id":2041`), "order_id must be a string"},
		{"time is a fraction", resource(keys + `,"event_time":1764547200.5`), "event_time"},
		{"time is a date", resource(keys + `,"event_time":"2025-12-01"`),
			"event_time must be RFC 3339"},
		{"time is null", resource(keys + `,"event_time":null`), "event_time"},
		{"lead is a string", resource(keys + `,"lead":"x"`), "lead must be an object"},
		{"ip is a number", resource(keys + `,"client":{"ip":1}`), "client.ip must be a string"},

		{"field comes twice", `{"funnel_mark":"m","funnel_mark":"n"}`, "comes twice"},
		{"cut", `{"funnel_mark":"m"`, "not JSON"},
		{"two objects", resource(keys) + "{}", "goes on after"},
		{"array", "[]", "not a JSON object"},
		{"nothing", "", "not JSON"},
		{"Latin-1", "{\"funnel_mark\":\"M\xfcller\"}", "not UTF-8"},
		{"deep", strings.Repeat(`{"a":`, 100), "nested too deeply"},
	} {
		_, reason, _ := validate([]byte(test.body))
		if test.want == "" && reason != "" || !strings.Contains(reason, test.want) {
			t.Errorf("%s: %q, want %q", test.name, reason, test.want)
		}
	}
}

func TestNotes(t *testing.T) {
	body := resource(
		`"keys":{"email":"a@example.com","phone":"","mail":"x"},"discount":1,"deal_items":[{"color":"red"}],"deal_currency":"USD"`)
	event, reason, _ := validate([]byte(strings.Replace(body, "Purchase", "Purchsae", 1)))
	if reason != "" {
		t.Errorf("refused: %s", reason)
	}
	for _, want := range []string{
		"event_type is not a standard event", "resource.discount is not in the reference",
		"resource.keys.mail is not in the reference",
		"resource.keys.phone is empty", "resource.deal_items[0].color is not in the reference",
		"resource.deal_currency is there without deal_value",
	} {
		if !slices.Contains(event.Notes, want) {
			t.Errorf("no note %q in %q", want, event.Notes)
		}
	}
}

// FuzzValidate: it never panics, and lets through only JSON objects.
func FuzzValidate(f *testing.F) {
	f.Add([]byte(resource(keys)))
	f.Add([]byte(resource(keys +
		`,"deal_value":1e-30,"deal_currency":"JPY","deal_items":[{"qty":0}]`)))
	f.Add([]byte(`{"a":{"a":[{}]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		event, _, isObject := validate(body)
		var whole map[string]any
		if err := json.Unmarshal(body, &whole); isObject && (err != nil || whole == nil) {
			t.Errorf("validate takes %q, which is no JSON object: %v", body, err)
		}
		record := newRecord(Options{})
		if event.Value != "" {
			record.addMoney(event)
		}
	})
}

// The sandbox knows every visitor key that a mapping can have.
func TestVisitorKeysAreThoseOfMappings(t *testing.T) {
	for _, name := range mapping.KeyNames {
		if !slices.Contains(visitorKeys, name) {
			t.Errorf("%s is not among the visitor keys of the webhook", name)
		}
	}
}
