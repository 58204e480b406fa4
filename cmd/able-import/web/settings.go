package web

import (
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"

	"ableimport/cmd/able-import/prepare"
	"ableimport/mapping"
)

// A saidSetting is what a mapping asks because no file says it, such as the country of phone
// numbers.
type saidSetting struct {
	mapping.Setting
	Field  string // of the form
	Needed bool   // nothing can be sent without it
}

// settingField is the name of a setting's field.
func settingField(name string) string { return "set." + name }

// settings are what the mapping asks, with what was said.
func (c *choice) settings(config *mapping.Config) (all []saidSetting) {
	for _, s := range config.Settings() {
		field := settingField(s.Name)
		needed := s.Value == "" && s.Values != nil || slices.Contains(c.wanted, s.Name) ||
			c.Faults.At(field) != nil
		all = append(all, saidSetting{s, field, needed})
	}
	return all
}

// unsaid tells at their fields which settings have no value, though no file can say it.
func unsaid(config *mapping.Config) (errs error) {
	for _, s := range config.Unsaid() {
		errs = errors.Join(errs, atField(settingField(s.Name), errors.New(s.Question)))
	}
	return errs
}

// settingOf is the setting that a line under formats has as its value; "": it has none.
func (c *choice) settingOf(format string) string {
	name, found := strings.CutPrefix(words(c.doc.get("formats", format)), "${")
	if !found {
		return ""
	}
	return strings.TrimSuffix(name, "}")
}

// saidSettings are the settings that have been said, by their names.
func (c *choice) saidSettings() map[string]string {
	said := map[string]string{}
	for _, name := range keysOf(c.doc.get("set")) {
		said[name] = words(c.doc.get("set", name))
	}
	return said
}

// saySetting says a setting of the mapping. A preset stays one: it is asked for what it cannot
// know.
func (c *choice) saySetting(name, value string) error {
	said := c.saidSettings()
	if said[name] == value {
		return nil
	}

	if said[name] = value; value == "" {
		delete(said, name)
	}

	doc, err := parseDocument(mapping.WithSettings(c.doc.text, said))
	if err == nil {
		c.doc = doc
	}

	return err
}

// takeSettings takes what the form says of the settings, where that differs from what holds anyway.
func (c *choice) takeSettings(form url.Values, config *mapping.Config) error {
	var errs error
	for _, s := range config.Settings() {
		field := settingField(s.Name)
		value := strings.TrimSpace(form.Get(field))
		if s.Name == "currency" || s.Name == "region" {
			value = strings.ToUpper(value)
		}

		switch {
		case !form.Has(field), value == s.Value:
		case value == "" || s.Check(value) == nil:
			errs = errors.Join(errs, c.saySetting(s.Name, value))
		default:
			errs = errors.Join(errs, atField(field, s.Check(value)))
		}
	}

	return errs
}

// setFlags are the settings as they are said on the command line.
func (c *choice) setFlags() (flags []string) {
	said := c.saidSettings()
	for _, name := range slices.Sorted(maps.Keys(said)) {
		flags = append(flags, "--set", prepare.ShellWord(name+"="+said[name]))
	}
	return flags
}
