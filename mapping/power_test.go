package mapping

import (
	"strings"
	"testing"
)

const powerless = `version: 1
name: NAME
event: Purchase
fields:
  order_id: Number
  event_source: {const: "SOURCE"}
  deal_value: Total
  deal_currency: {const: EUR}
  keys: {email: Email}
`

// A mapping is data: its name is not a path, and it reads nothing of the environment that others
// should not get.
func TestMappingHasNoPower(t *testing.T) {
	environment := map[string]string{
		"ABLE_FUNNEL_MARK": "my mark", "ABLE_SHOP": "north", "ABLE_PATH": "../geheim",
		"HOME": "/home/anna", "ABLE_SHOP_TOKEN": "geheim", "ABLE_MARK_2": "geheim",
		"ABLE_NOTIFY": "https://geheim", "ABLE_ENDPOINT": "https://geheim",
		"ABLE_OTHER": "01234567-89ab-cdef-0123-456789abcdef", "ABLE_SAME": "my mark",
		"ABLE_PASSWORD": "geheim", "ABLE_API_KEY": "geheim", "AWS_SECRET_ACCESS_KEY": "geheim",
		"ABLE_webhook": "geheim",
	}
	for _, test := range []struct{ mapping, name, source, wrong string }{
		{"usual", "shop", "x", ""},
		{"of all that a name may have", "Shop_1.b-c", "x", ""},
		{"whose name is a path upwards", "../../x", "x", "a mapping's name can have"},
		{"whose name is a path", "a/b", "x", "a mapping's name can have"},
		{"whose name is a path on Windows", `a\b`, "x", "a mapping's name can have"},
		{"whose name is a drive", "c:x", "x", "a mapping's name can have"},
		{"whose name is hidden", ".x", "x", "a mapping's name can have"},
		{"whose name has a space", "my shop", "x", "keep it as namespace:"},
		{"whose name is empty", `""`, "x", "a mapping's name can have"},
		{"whose name is long", strings.Repeat("n", 65), "x", "a mapping's name can have"},
		{"whose name moves the cursor", `"a\e[2Jb"`, "x", "a mapping's name can have"},
		{"whose name is a variable", "shop-${ABLE_SHOP}", "x", ""},
		{"whose name is a variable with a path", "${ABLE_PATH}", "x", "a mapping's name can have"},
		{"that reads a variable of ours", "shop", "${ABLE_SHOP}", ""},
		{"that reads another's variable", "shop", "${HOME}", "ABLE_ only"},
		{"that reads a cloud's key", "shop", "${AWS_SECRET_ACCESS_KEY}", "ABLE_ only"},
		{"that reads the mark", "shop", "${ABLE_FUNNEL_MARK}", "funnel_mark: only"},
		{"that reads another mark", "shop", "${ABLE_MARK_2}", "no marks, tokens or addresses"},
		{"that reads what looks like a mark", "shop", "${ABLE_OTHER}", "looks like a funnel mark"},
		{"that reads the mark under another name", "shop", "${ABLE_SAME}",
			"looks like a funnel mark"},
		{"that reads a token", "shop", "${ABLE_SHOP_TOKEN}", "no marks, tokens or addresses"},
		{"that reads a password", "shop", "${ABLE_PASSWORD}", "no marks, tokens or addresses"},
		{"that reads a key", "shop", "a ${ABLE_API_KEY} b", "no marks, tokens or addresses"},
		{"that reads where notices go", "shop", "${ABLE_NOTIFY}", "no marks, tokens or addresses"},
		{"that reads a hook in small letters", "shop", "${ABLE_webhook}",
			"no marks, tokens or addresses"},
		{"that reads where events go", "shop", "${ABLE_ENDPOINT}", "no marks, tokens or addresses"},
	} {
		t.Run(test.mapping, func(t *testing.T) {
			source := strings.NewReplacer("NAME", test.name, "SOURCE",
				test.source).Replace(powerless)
			_, err := Parse("m.yaml", []byte(source),
				func(name string) string { return environment[name] })
			switch {
			case test.wrong == "" && err != nil:
				t.Error(err)
			case test.wrong != "" && (err == nil || !strings.Contains(err.Error(), test.wrong)):
				t.Errorf("%v, want %q", err, test.wrong)
			case err != nil && (strings.Contains(err.Error(), "geheim") ||
				strings.Contains(err.Error(), "my mark") || strings.Contains(err.Error(), "\x1b")):
				t.Errorf("it shows a value: %v", err)
			}
		})
	}
}

// What is wrong with the value of a variable is reported without the value.
func TestMappingShowsNoValueOfAVariable(t *testing.T) {
	source := strings.NewReplacer("NAME", "shop", "SOURCE", "x", "{const: EUR}",
		"{const: \"${ABLE_CURRENCY}\"}").Replace(powerless)
	source += "formats: {number: \"${ABLE_FORM}\", timezone: \"${ABLE_ZONE}\"}\n"
	_, err := Parse("m.yaml", []byte(source), func(name string) string {
		if name == "ABLE_FUNNEL_MARK" {
			return "another"
		}
		return "geheim9-" + name
	})
	if err == nil || strings.Contains(err.Error(), "geheim9") ||
		strings.Contains(err.Error(), "funnel mark") ||
		!strings.Contains(err.Error(), `number: "${ABLE_FORM}" is not an example`) {
		t.Errorf("%v, want an error without the value", err)
	}
}
