package contact

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false,
	"write the plans of phone numbers anew, from the library of the tests")

const phonePlansHead = `# Which phone numbers are in use, by country: from the metadata of libphonenumber, Copyright The Libphonenumber Authors, Apache License 2.0.
# Written by go test ./mapping -run TestPhonePlans -update. In each line: calling code, region, what is dialled before international and
# before national numbers, what replaces the latter, how numbers of the region begin, lengths within a town; all numbers; kinds of numbers.
`

// The plans come from the library that the tests have: a newer library needs newer plans.
func TestPhonePlans(t *testing.T) {
	plans := libraryPlans(t)
	if *update {
		if err := os.WriteFile("phoneplans.txt", []byte(plans), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if plans != phonePlanText {
		t.Fatal("phoneplans.txt is not what the library says: go test ./mapping -run " +
			"TestPhonePlans -update")
	}
}

func libraryPlans(t *testing.T) string {
	collection, err := phonenumbers.MetadataCollection()
	if err != nil {
		t.Fatal(err)
	}
	order := func(m *phonenumbers.PhoneMetadata) int { // the main region first
		return slices.Index(phonenumbers.GetRegionCodesForCountryCode(int(m.GetCountryCode())),
			m.GetId())
	}
	slices.SortStableFunc(collection.Metadata, func(a, b *phonenumbers.PhoneMetadata) int {
		if a.GetCountryCode() != b.GetCountryCode() {
			return int(a.GetCountryCode() - b.GetCountryCode())
		}
		return order(a) - order(b)
	})
	var text strings.Builder
	text.WriteString(phonePlansHead)
	for _, m := range collection.Metadata {
		all := m.GetGeneralDesc()
		columns := []string{
			fmt.Sprint(m.GetCountryCode()), m.GetId(), m.GetInternationalPrefix(),
			m.GetNationalPrefixForParsing(), m.GetNationalPrefixTransformRule(),
			m.GetLeadingDigits(), lengths(all.GetPossibleLengthLocalOnly()), kind(all),
		}
		for _, desc := range []*phonenumbers.PhoneNumberDesc{
			m.GetFixedLine(), m.GetMobile(), m.GetTollFree(), m.GetPremiumRate(), m.GetSharedCost(),
			m.GetVoip(), m.GetPersonalNumber(), m.GetPager(), m.GetUan(), m.GetVoicemail(),
		} {
			if column := kind(desc); column != "" && !slices.Contains(columns[8:], column) {
				columns = append(columns, column)
			}
		}
		text.WriteString(strings.Join(columns, "\t") + "\n")
	}
	return text.String()
}

// kind is "" for a kind that the region does not have.
func kind(desc *phonenumbers.PhoneNumberDesc) string {
	pattern := desc.GetNationalNumberPattern()
	if pattern == "" || pattern == "NA" || slices.Contains(desc.GetPossibleLength(), -1) {
		return ""
	}
	return lengths(desc.GetPossibleLength()) + " " + pattern
}

func lengths(of []int32) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(of), " ", ","), "[]")
}

// libraryPhone is what the library makes of a number.
func libraryPhone(number, region string) string {
	found, err := phonenumbers.Parse(number, region)
	if err != nil || !phonenumbers.IsValidNumber(found) {
		return ""
	}
	return phonenumbers.Format(found, phonenumbers.E164)
}

func ourPhone(number, region string) string {
	phone, err := ReadPhone(nil, []byte(number), region)
	if err != nil {
		return ""
	}
	return string(phone)
}

// samePhone compares what we and the library make of a number.
func samePhone(t interface{ Errorf(string, ...any) }, number, region string) {
	if ours, theirs := ourPhone(number, region), libraryPhone(number, region); ours != theirs {
		t.Errorf("%q in %q: got %q, the library has %q", number, region, ours, theirs)
	}
}

var phoneFormats = []phonenumbers.PhoneNumberFormat{phonenumbers.E164, phonenumbers.INTERNATIONAL,
	phonenumbers.NATIONAL}

// Numbers of every kind and region, as they are written at home and abroad, whole, cut, grown, and
// with digits wrong.
func TestPhoneOfEveryRegion(t *testing.T) {
	if testing.Short() {
		t.Skip("a great deal of work for one goroutine")
	}
	regions := []string{"", "US"}
	examples := 0
	for region := range phonenumbers.GetSupportedRegions() {
		for kind := phonenumbers.FIXED_LINE; kind <= phonenumbers.VOICEMAIL; kind++ {
			example := phonenumbers.GetExampleNumberForType(region, kind)
			if example == nil {
				continue
			}
			examples++
			for _, format := range phoneFormats {
				number := phonenumbers.Format(example, format)
				if strings.Trim(number, "0123456789+-. /()") != "" {
					continue
				}
				written := []string{number, number[1:], number[:len(number)-1], number + "1",
					"00" + strings.TrimPrefix(number, "+"), "0" + number, number + " ext. 12"}
				for _, one := range written {
					for _, at := range append(regions, region) {
						if at == "" && one[0] != '+' || strings.LastIndex(one, "+") > 0 {
							continue
						}
						samePhone(t, one, at)
					}
				}
			}
		}
	}
	if examples < 1000 {
		t.Errorf("only %d examples", examples)
	}
}

// Any digits, in any region.
func TestPhoneOfAnyDigits(t *testing.T) {
	regions := slices.Sorted(func(yield func(string) bool) {
		for region := range phonenumbers.GetSupportedRegions() {
			if !yield(region) {
				return
			}
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.StringMatching(
			`\+?[-. /(]{0,2}(00|011|0|1|8|49|39|54)?[0-9][-0-9 ]{1,14}`).Draw(t, "number")
		samePhone(t, number, rapid.SampledFrom(regions).Draw(t, "region"))
	})
}

func FuzzPhoneOfLibrary(f *testing.F) {
	f.Add("+49 (0) 170 123-4567 x 12", "DE")
	f.Add("0039 06 698", "VA")
	f.Add("+0049 1701234567", "DE")
	f.Fuzz(func(t *testing.T, number, region string) {
		digits, plus, ok := dialledDigits([]byte(number))
		if region != "" && allPhonePlans().byRegion[region] == nil || !ok || region == "" &&
			!plus || len(number) > 90 {
			return
		}
		if string(withoutDecimals([]byte(strings.TrimSpace(number)))) != strings.TrimSpace(number) {
			return // the library takes the zero of 1701234567.0 for a digit
		}
		if strings.ContainsAny(number, "xXeE") { // the library has fewer ways to write an extension
			number = digits
			if plus {
				number = "+" + digits
			}
		}
		samePhone(t, number, region)
	})
}
