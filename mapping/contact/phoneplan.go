package contact

import (
	_ "embed"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// phonePlanText is libphonenumber's metadata, as far as it says which numbers are in use and how
// they are dialled. The test TestPhonePlans writes it; its head says what a line holds.
//
//go:embed phoneplans.txt
var phonePlanText string

// A phonePlan is how the numbers of one region are dialled, and which of them are in use. National
// numbers have neither the country's calling code nor the prefix that is dialled within the
// country.
type phonePlan struct {
	country string        // calling code: 49
	region  string        // DE; 001 for numbers that belong to no country
	abroad  *phonePattern // what is dialled there before an international number: 00
	trunk   *phonePattern // what is dialled there before a national one: 0. nil: nothing
	becomes string        // what replaces it then, from trunk's groups: 9$1
	// how its numbers begin among regions with the same calling code. nil: the kinds show it
	leading *phonePattern
	local   phoneLengths // of numbers that are dialled within a town only
	all     phoneKind
	kinds   []phoneKind
}

// A phoneKind is one kind of number, such as mobile ones.
type phoneKind struct {
	lengths phoneLengths // 0: the lengths of all
	pattern *phonePattern
}

func (k phoneKind) has(national string) bool {
	return (k.lengths == 0 || k.lengths.has(national)) && k.pattern.matches(national)
}

// phoneLengths has the bit n for numbers of n digits.
type phoneLengths uint32

func (l phoneLengths) has(number string) bool { return l>>len(number)&1 == 1 }

// A phonePattern is compiled when it is first needed: there are thousands, and a file needs a few.
type phonePattern struct {
	text     string
	compile  sync.Once
	compiled *regexp.Regexp
}

func (p *phonePattern) regexp() *regexp.Regexp {
	p.compile.Do(func() { p.compiled = regexp.MustCompile(p.text) })
	return p.compiled
}

func (p *phonePattern) matches(number string) bool { return p.regexp().MatchString(number) }

func startsWith(text string) *phonePattern { return &phonePattern{text: "^(?:" + text + ")"} }

// startsWithAny is nil if there is no text.
func startsWithAny(text string) *phonePattern {
	if text == "" {
		return nil
	}
	return startsWith(text)
}

// phonePlans has the plans by calling code, in each the main region's first, and by region.
type phonePlans struct {
	byCountry map[string][]*phonePlan
	byRegion  map[string]*phonePlan
}

var allPhonePlans = sync.OnceValue(func() *phonePlans {
	plans := &phonePlans{map[string][]*phonePlan{}, map[string]*phonePlan{}}
	for line := range strings.Lines(phonePlanText) {
		if line[0] == '#' {
			continue
		}
		plan := readPhonePlan(strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
		plans.byCountry[plan.country] = append(plans.byCountry[plan.country], plan)
		if plan.region != "001" {
			plans.byRegion[plan.region] = plan
		}
	}

	return plans
})

func readPhonePlan(columns []string) *phonePlan {
	plan := &phonePlan{
		country: columns[0], region: columns[1], abroad: startsWith(columns[2]),
		trunk: startsWithAny(columns[3]), becomes: columns[4], leading: startsWithAny(columns[5]),
		local: readPhoneLengths(columns[6]), all: readPhoneKind(columns[7]),
	}
	for _, column := range columns[8:] {
		plan.kinds = append(plan.kinds, readPhoneKind(column))
	}
	return plan
}

// readPhoneKind reads lengths and pattern: "10,11 1[5-7]\d{8,9}".
func readPhoneKind(column string) phoneKind {
	lengths, pattern, _ := strings.Cut(column, " ")
	return phoneKind{readPhoneLengths(lengths), &phonePattern{text: "^(?:" + pattern + ")$"}}
}

func readPhoneLengths(column string) (lengths phoneLengths) {
	for length := range strings.SplitSeq(column, ",") {
		if n, err := strconv.Atoi(length); err == nil {
			lengths |= 1 << n
		}
	}
	return lengths
}

// inUse reports whether the plan knows numbers like this one.
func (p *phonePlan) inUse(national string) bool {
	return p.all.has(national) &&
		slices.ContainsFunc(p.kinds, func(k phoneKind) bool { return k.has(national) })
}

// isTooLong reports whether every number of the plan is shorter.
func (p *phonePlan) isTooLong(number string) bool {
	return p.all.lengths>>len(number) == 0 && !p.local.has(number)
}

// inUse reports whether the number is in use in one of the regions that share its calling code.
func (p *phonePlans) inUse(country, national string) bool {
	plans := p.byCountry[country]
	for _, plan := range plans {
		if len(plans) > 1 && plan.leading != nil {
			if plan.leading.matches(national) {
				return plan.inUse(national)
			}
		} else if plan.inUse(national) {
			return true
		}
	}
	return false
}
