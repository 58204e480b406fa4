package date

import (
	"strings"
)

// displayNames are the names that exporters show instead of names of the IANA
// database: the table of Rails (ActiveSupport::TimeZone::MAPPING, version 7,
// activesupport/lib/active_support/values/time_zone.rb), which Square,
// Chargebee, Recurly and others use. One line a zone, names separated by |.
var displayNames = func() map[string]string {
	names := make(map[string]string, 160)
	for line := range strings.Lines(displayNameTable) {
		id, list, found := strings.Cut(strings.TrimSpace(line), " = ")
		for name := range strings.SplitSeq(list, "|") {
			if found {
				names[name] = id
			}
		}
	}
	return names
}()

const displayNameTable = `
Africa/Algiers = West Central Africa
Africa/Cairo = Cairo
Africa/Casablanca = Casablanca
Africa/Harare = Harare
Africa/Johannesburg = Pretoria
Africa/Monrovia = Monrovia
Africa/Nairobi = Nairobi
America/Argentina/Buenos_Aires = Buenos Aires
America/Bogota = Bogota
America/Caracas = Caracas
America/Chicago = Central Time (US & Canada)
America/Chihuahua = Chihuahua
America/Denver = Mountain Time (US & Canada)
America/Godthab = Greenland
America/Guatemala = Central America
America/Guyana = Georgetown
America/Halifax = Atlantic Time (Canada)
America/Indiana/Indianapolis = Indiana (East)
America/Juneau = Alaska
America/La_Paz = La Paz
America/Lima = Lima|Quito
America/Los_Angeles = Pacific Time (US & Canada)
America/Mazatlan = Mazatlan
America/Mexico_City = Guadalajara|Mexico City
America/Monterrey = Monterrey
America/Montevideo = Montevideo
America/New_York = Eastern Time (US & Canada)
America/Phoenix = Arizona
America/Puerto_Rico = Puerto Rico
America/Regina = Saskatchewan
America/Santiago = Santiago
America/Sao_Paulo = Brasilia
America/St_Johns = Newfoundland
America/Tijuana = Tijuana
Asia/Almaty = Almaty
Asia/Baghdad = Baghdad
Asia/Baku = Baku
Asia/Bangkok = Bangkok|Hanoi
Asia/Chongqing = Chongqing
Asia/Colombo = Sri Jayawardenepura
Asia/Dhaka = Astana|Dhaka
Asia/Hong_Kong = Hong Kong
Asia/Irkutsk = Irkutsk
Asia/Jakarta = Jakarta
Asia/Jerusalem = Jerusalem
Asia/Kabul = Kabul
Asia/Kamchatka = Kamchatka
Asia/Karachi = Islamabad|Karachi
Asia/Kathmandu = Kathmandu
Asia/Kolkata = Chennai|Kolkata|Mumbai|New Delhi
Asia/Krasnoyarsk = Krasnoyarsk
Asia/Kuala_Lumpur = Kuala Lumpur
Asia/Kuwait = Kuwait
Asia/Magadan = Magadan
Asia/Muscat = Abu Dhabi|Muscat
Asia/Novosibirsk = Novosibirsk
Asia/Rangoon = Rangoon
Asia/Riyadh = Riyadh
Asia/Seoul = Seoul
Asia/Shanghai = Beijing
Asia/Singapore = Singapore
Asia/Srednekolymsk = Srednekolymsk
Asia/Taipei = Taipei
Asia/Tashkent = Tashkent
Asia/Tbilisi = Tbilisi
Asia/Tehran = Tehran
Asia/Tokyo = Osaka|Sapporo|Tokyo
Asia/Ulaanbaatar = Ulaanbaatar
Asia/Urumqi = Urumqi
Asia/Vladivostok = Vladivostok
Asia/Yakutsk = Yakutsk
Asia/Yekaterinburg = Ekaterinburg
Asia/Yerevan = Yerevan
Atlantic/Azores = Azores
Atlantic/Cape_Verde = Cape Verde Is.
Atlantic/South_Georgia = Mid-Atlantic
Australia/Adelaide = Adelaide
Australia/Brisbane = Brisbane
Australia/Darwin = Darwin
Australia/Hobart = Hobart
Australia/Melbourne = Canberra|Melbourne
Australia/Perth = Perth
Australia/Sydney = Sydney
Europe/Amsterdam = Amsterdam
Europe/Athens = Athens
Europe/Belgrade = Belgrade
Europe/Berlin = Berlin
Europe/Bratislava = Bratislava
Europe/Brussels = Brussels
Europe/Bucharest = Bucharest
Europe/Budapest = Budapest
Europe/Copenhagen = Copenhagen
Europe/Dublin = Dublin
Europe/Helsinki = Helsinki
Europe/Istanbul = Istanbul
Europe/Kaliningrad = Kaliningrad
Europe/Kiev = Kyiv
Europe/Lisbon = Lisbon
Europe/Ljubljana = Ljubljana
Europe/London = Edinburgh|London
Europe/Madrid = Madrid
Europe/Minsk = Minsk
Europe/Moscow = Moscow|St. Petersburg
Europe/Paris = Paris
Europe/Prague = Prague
Europe/Riga = Riga
Europe/Rome = Rome
Europe/Samara = Samara
Europe/Sarajevo = Sarajevo
Europe/Skopje = Skopje
Europe/Sofia = Sofia
Europe/Stockholm = Stockholm
Europe/Tallinn = Tallinn
Europe/Vienna = Vienna
Europe/Vilnius = Vilnius
Europe/Volgograd = Volgograd
Europe/Warsaw = Warsaw
Europe/Zagreb = Zagreb
Europe/Zurich = Bern|Zurich
Pacific/Apia = Samoa
Pacific/Auckland = Auckland|Wellington
Pacific/Chatham = Chatham Is.
Pacific/Fakaofo = Tokelau Is.
Pacific/Fiji = Fiji
Pacific/Guadalcanal = Solomon Is.
Pacific/Guam = Guam
Pacific/Honolulu = Hawaii
Pacific/Majuro = Marshall Is.
Pacific/Midway = International Date Line West|Midway Island
Pacific/Noumea = New Caledonia
Pacific/Pago_Pago = American Samoa
Pacific/Port_Moresby = Port Moresby
Pacific/Tongatapu = Nuku'alofa
`

// abbreviation is a short name for an offset from UTC.
type abbreviation struct {
	offset string // as a mapping can say it; empty: there are several
	zones  string // where it is used; the clocks of the first decide
}

// abbreviations are those that the IANA time zone database (release 2025b) shows for any zone since
// 2015, and the words of RFC 5322, section 4.3. An abbreviation is accepted if all its zones share
// one offset. PST, PDT, EST, EDT, MST, MDT and CDT are accepted as RFC 5322 defines them, though
// PST is also Manila's and CDT Havana's. Abbreviations that several zones use are refused (IST,
// CST, BST), even if the others are outside the database: AST and ADT in Arabia, SST in Singapore,
// BST in Bangladesh, WST in Samoa and Western Australia.
//
// An accepted one must have been in force at its place at that time: PST in July is refused, since
// it may mean the offset or the place.
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
func (a abbreviation) zone(name string) (Zone, error) {
	first := strings.Fields(a.zones)[0]
	if a.offset == "" {
		return Zone{}, unclear(name, "%q means several time zones; say which: timezones: {%s: %s}",
			name, name, first)
	}
	found, err := ParseZone(first)
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
