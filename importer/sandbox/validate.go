package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cockroachdb/apd/v3"
)

// The fields of Able's inbound webhook, in both published versions of its reference.
var (
	visitorKeys = []string{
		"phone", "email", "client_id", "gclid", "wbraid", "gbraid", "fbp", "fbclid", "ga_cookie",
		"app_instance_id", "apladid", "andadid", "msclkid", "ttp", "tpclid",
	}
	textFields = []string{
		"order_id", "event_source", "description", "message", "referrer_url",
		"utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content",
	}
	otherFields = []string{
		"keys", "deal_value", "deal_currency", "deal_items", "event_time", "lead", "custom_data",
		"client",
	}
	itemFields = []string{"name", "price", "qty", "sku", "category"}

	// Able names three and refers to Facebook's standard events for the rest.
	standardEvents = []string{
		"PageView", "CompleteRegistration", "Purchase", "Lead", "Subscribe", "StartTrial",
		"AddToCart", "AddToWishlist", "InitiateCheckout", "AddPaymentInfo", "Contact",
		"CustomizeProduct", "Donate", "FindLocation", "Schedule", "Search",
		"SubmitApplication", "ViewContent",
	}
)

// validate checks one event. False: it is not a JSON object at all, and reason says why. A reason
// with true is the first rule that the event breaks.
func validate(body []byte) (event Event, reason string, isObject bool) {
	sum := sha256.Sum256(body)
	event.Hash = hex.EncodeToString(sum[:])
	whole, err := decode(body)
	if err != nil {
		return event, err.Error(), false
	}
	v := validator{event: &event}
	v.envelope(whole)
	return event, v.reason, true
}

// validator goes through one event and keeps the first broken rule. Reasons name fields and never
// values, which may be personal.
type validator struct {
	event  *Event
	reason string
}

func (v *validator) fail(format string, args ...any) {
	if v.reason == "" {
		v.reason = fmt.Sprintf(format, args...)
	}
}

func (v *validator) note(format string, args ...any) {
	v.event.Notes = append(v.event.Notes, fmt.Sprintf(format, args...))
}

func (v *validator) envelope(whole object) {
	mark := v.text(whole, "", "funnel_mark")
	switch {
	case mark == "":
		v.fail("funnel_mark is required")
	case strings.Contains(mark, "${"):
		v.fail("funnel_mark is a placeholder")
	}

	v.event.Type = v.text(whole, "", "event_type")
	switch {
	case v.event.Type == "":
		v.fail("event_type is required")
	case !slices.Contains(standardEvents, v.event.Type):
		v.note("event_type is not a standard event")
	}

	v.unknown(whole, "", "funnel_mark", "event_type", "resource")
	resource, ok := whole["resource"].(object)
	if !ok {
		v.fail("resource must be an object")
		return
	}
	v.resource(resource)
}

func (v *validator) resource(resource object) {
	const in = "resource."
	v.unknown(resource, in, slices.Concat(textFields, otherFields)...)
	v.keys(resource["keys"])
	for _, name := range textFields {
		v.text(resource, in, name)
	}

	v.event.OrderID = v.text(resource, in, "order_id")
	v.money(resource)
	v.items(resource)
	v.eventTime(resource)
	for _, name := range []string{"lead", "custom_data"} {
		v.object(resource, in, name)
	}
	if custom, is := resource["custom_data"].(object); is {
		v.event.ImportID, _ = custom["import_id"].(string)
	}

	if client := v.object(resource, in, "client"); client != nil {
		v.text(client, in+"client.", "ip")
		v.text(client, in+"client.", "ua")
		v.unknown(client, in+"client.", "ip", "ua")
	}
}

// keys needs one supported key with a value that is not empty.
func (v *validator) keys(value any) {
	keys, ok := value.(object)
	if !ok {
		v.fail("resource.keys must be an object")
		return
	}

	v.unknown(keys, "resource.keys.", visitorKeys...)
	usable := false
	for _, name := range visitorKeys {
		for _, one := range v.keyValues(keys, name) {
			if strings.TrimSpace(one) != "" {
				usable = true
			} else {
				v.note("resource.keys.%s is empty", name)
			}
		}
	}

	if !usable {
		v.fail("resource.keys needs at least one supported key that is not empty")
	}
}

// keyValues reads a string or an array of strings.
func (v *validator) keyValues(keys object, name string) []string {
	value, ok := keys[name]
	if !ok {
		return nil
	}

	list, isList := value.([]any)
	if !isList {
		list = []any{value}
	}

	var texts []string
	for _, one := range list {
		text, ok := one.(string)
		if !ok {
			v.fail("resource.keys.%s must be a string or an array of strings", name)
		}
		texts = append(texts, text)
	}
	return texts
}

func (v *validator) money(resource object) {
	currency := v.text(resource, "resource.", "deal_currency")
	switch {
	case currency == "" || contains(currencies, currency):
	case contains(withdrawn, currency):
		v.note("resource.deal_currency is a withdrawn code")
	default:
		v.fail("resource.deal_currency must be an ISO 4217 code")
	}

	if _, ok := resource["deal_value"]; !ok {
		if currency != "" {
			v.note("resource.deal_currency is there without deal_value")
		}
		return
	}

	v.event.Value, v.event.Currency = v.number(resource, "resource.", "deal_value"), currency
	if currency == "" {
		v.fail("resource.deal_currency is required with deal_value")
	}
}

func (v *validator) items(resource object) {
	value, ok := resource["deal_items"]
	if !ok {
		return
	}

	list, ok := value.([]any)
	if !ok {
		v.fail("resource.deal_items must be an array")
	}

	for i, one := range list {
		in := fmt.Sprintf("resource.deal_items[%d].", i)
		item, ok := one.(object)
		if !ok {
			v.fail("%s must be an object", strings.TrimSuffix(in, "."))
			continue
		}
		for _, name := range []string{"name", "sku", "category"} {
			v.text(item, in, name)
		}
		for _, name := range []string{"price", "qty"} {
			if _, ok := item[name]; ok {
				v.number(item, in, name)
			}
		}
		v.unknown(item, in, itemFields...)
	}
}

// eventTime is open in the reference. Unix seconds, Unix milliseconds and RFC 3339 are taken.
func (v *validator) eventTime(resource object) {
	switch value := resource["event_time"].(type) {
	case nil:
		if _, ok := resource["event_time"]; ok {
			v.fail("resource.event_time must not be null")
		}
	case json.Number:
		if n, err := value.Int64(); err != nil || n <= 0 {
			v.fail("resource.event_time must be whole seconds or milliseconds since 1970")
		}
	case string:
		if _, err := time.Parse(time.RFC3339, value); err != nil {
			v.fail("resource.event_time must be RFC 3339 where it is a string")
		}
	default:
		v.fail("resource.event_time must be a number or a string")
	}
}

// text reads a field that is a string where it is there.
func (v *validator) text(in object, place, name string) string {
	value, ok := in[name]
	text, isText := value.(string)
	if ok && !isText {
		v.fail("%s%s must be a string", place, name)
	}
	return text
}

func (v *validator) object(in object, place, name string) object {
	value, ok := in[name]
	found, isObject := value.(object)
	if ok && !isObject {
		v.fail("%s%s must be an object", place, name)
	}
	return found
}

// number reads a field that must be a number, within what money and quantities can be.
func (v *validator) number(in object, place, name string) string {
	number, ok := in[name].(json.Number)
	if !ok {
		v.fail("%s%s must be a number", place, name)
		return ""
	}
	value, _, err := apd.NewFromString(number.String())
	if err != nil || len(number) > 60 || value.Exponent < -30 || value.Exponent > 30 {
		v.fail("%s%s is out of reach", place, name)
		return ""
	}
	return number.String()
}

// unknown notes fields that the reference does not have.
func (v *validator) unknown(in object, place string, known ...string) {
	for name := range in {
		if !slices.Contains(known, name) {
			v.note("%s%s is not in the reference", place, name)
		}
	}
	slices.Sort(v.event.Notes)
}
