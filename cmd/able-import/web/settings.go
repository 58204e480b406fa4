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

// A saidSetting is what a mapping asks for since no export says it, such as the country of phone numbers.
type saidSetting struct {
	mapping.Setting
	Field  string
	Needed bool // nothing can be sent without it
}

// settingField is the name of a setting's field.
func settingField(name string) string { return "setting." + name }

// settings are those of the mapping, with what was said.
func (c *choice) settingsOf(config *mapping.Config) (all []saidSetting) {
	for _, s := range config.Settings() {
		field := settingField(s.Name)
		all = append(all, saidSetting{s, field, s.MustBeSaid() || slices.Contains(c.wanted, s.Name) || c.Faults.At(field) != nil})
	}
	return all
}

// unsaid tells which settings have no value, though no file can say it.
func unsaid(config *mapping.Config) (errs error) {
	for _, s := range config.Settings() {
		if s.MustBeSaid() {
			errs = errors.Join(errs, atField(settingField(s.Name), errors.New(s.Question)))
		}
	}
	return errs
}

// takeSettings takes what was written. A mapping that is a preset stays one.
func (c *choice) takeSettings(form url.Values, config *mapping.Config) (errs error) {
	for _, s := range config.Settings() {
		field := settingField(s.Name)
		if !form.Has(field) {
			continue
		}
		value := strings.TrimSpace(form.Get(field))
		if value == "" {
			delete(c.settings, s.Name)
			continue
		}
		if s.Name == "currency" || s.Name == "region" {
			value = strings.ToUpper(value)
		}
		if err := s.Check(value); err != nil {
			errs = errors.Join(errs, atField(field, err))
			continue
		}
		c.saySetting(s.Name, value)
	}
	if errs != nil {
		c.typed = form
	}
	return errs
}

func (c *choice) saySetting(name, value string) {
	if c.settings == nil {
		c.settings = map[string]string{}
	}
	c.settings[name] = value
}

// text is the mapping with what was said of its settings.
func (c *choice) text() []byte { return mapping.WithSettings(c.doc.text, c.settings) }

// settingFlags say the settings on the command line.
func (c *choice) settingFlags() (flags []string) {
	for _, name := range slices.Sorted(maps.Keys(c.settings)) {
		flags = append(flags, "--set", prepare.ShellWord(name+"="+c.settings[name]))
	}
	return flags
}
