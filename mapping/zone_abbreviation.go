package mapping

import (
	"strings"
)

// abbreviation is a short name for an offset from UTC.
type abbreviation struct {
	offset string // as a mapping can say it; empty: there are several
	zones  string // where it is used; the clocks of the first decide
}

// abbreviations are those that the IANA time zone database (release 2025b)
// shows for any zone since 2015, and those of RFC 5322, section 4.3. One is
// accepted when all its zones share one offset. PST, PDT, EST, EDT, MST, MDT
// and CDT are accepted as RFC 5322 defines them, though PST is Manila's as well
// and CDT Havana's. Refused are those that several zones use (IST, CST, BST),
// also where the others are outside the database: AST and ADT in Arabia, SST in
// Singapore, BST in Bangladesh, WST in Samoa and Western Australia.
//
// An accepted one must have been in force at its place when the value says so:
// PST in July is refused, for it may mean the offset or the place.
var abbreviations = map[string]abbreviation{
	"EST": {"-05:00", "America/New_York"}, "EDT": {"-04:00", "America/New_York"},
	"CDT": {"-05:00", "America/Chicago"},
	"MST": {"-07:00", "America/Denver America/Phoenix"},
	"MDT": {"-06:00", "America/Denver"},
	"PST": {"-08:00", "America/Los_Angeles"},
	"PDT": {"-07:00", "America/Los_Angeles"},

	"AKST": {"-09:00", "America/Anchorage"}, "AKDT": {"-08:00", "America/Anchorage"},
	"HST": {"-10:00", "Pacific/Honolulu"},
	"NST": {"-03:30", "America/St_Johns"}, "NDT": {"-02:30", "America/St_Johns"},

	"WET": {"+00:00", "Europe/Lisbon"}, "WEST": {"+01:00", "Europe/Lisbon"},
	"CET": {"+01:00", "Europe/Berlin"}, "CEST": {"+02:00", "Europe/Berlin"},
	"EET": {"+02:00", "Europe/Helsinki"}, "EEST": {"+03:00", "Europe/Helsinki"},
	"MSK": {"+03:00", "Europe/Moscow"},

	"CAT": {"+02:00", "Africa/Harare"}, "EAT": {"+03:00", "Africa/Nairobi"},
	"SAST": {"+02:00", "Africa/Johannesburg"}, "WAT": {"+01:00", "Africa/Lagos"},

	"HKT": {"+08:00", "Asia/Hong_Kong"}, "JST": {"+09:00", "Asia/Tokyo"},
	"KST": {"+09:00", "Asia/Seoul"}, "PKT": {"+05:00", "Asia/Karachi"},
	"WIB": {"+07:00", "Asia/Jakarta"}, "WITA": {"+08:00", "Asia/Makassar"},
	"WIT": {"+09:00", "Asia/Jayapura"}, "IDT": {"+03:00", "Asia/Jerusalem"},
	"ChST": {"+10:00", "Pacific/Guam"},

	"ACST": {"+09:30", "Australia/Adelaide Australia/Darwin"},
	"ACDT": {"+10:30", "Australia/Adelaide"},
	"AEST": {"+10:00", "Australia/Sydney Australia/Brisbane"},
	"AEDT": {"+11:00", "Australia/Sydney"},
	"AWST": {"+08:00", "Australia/Perth"},
	"NZST": {"+12:00", "Pacific/Auckland"}, "NZDT": {"+13:00", "Pacific/Auckland"},

	"ADT": {"", "America/Halifax Asia/Baghdad"},
	"AST": {"", "America/Halifax America/Puerto_Rico Asia/Riyadh"},
	"BST": {"", "Europe/London Asia/Dhaka Pacific/Bougainville"},
	"CST": {"", "America/Chicago Asia/Shanghai America/Havana"},
	"GST": {"", "Asia/Dubai Atlantic/South_Georgia Pacific/Guam"},
	"IST": {"", "Asia/Kolkata Europe/Dublin Asia/Jerusalem"},
	"SST": {"", "Pacific/Pago_Pago Asia/Singapore Pacific/Guadalcanal"},
	"WST": {"", "Pacific/Apia Australia/Perth Africa/El_Aaiun"},
}

// zone is what an abbreviation in a file means.
func (a abbreviation) zone(name string) (zone, error) {
	first := strings.Fields(a.zones)[0]
	if a.offset == "" {
		return zone{}, unclear(name, "%q means several time zones; say which: timezones: {%s: %s}", name, name, first)
	}
	found, err := parseZone(first)
	found.abbreviation, found.strict = name, true
	return found, err
}

// places lists zones for people: America/Chicago, Asia/Shanghai or ...
func (a abbreviation) places() string {
	list := strings.Fields(a.zones)
	if len(list) == 1 {
		return list[0]
	}
	return strings.Join(list[:len(list)-1], ", ") + " or " + list[len(list)-1]
}
