package main

import (
	"context"
	"fmt"
	"strings"

	"ableimport/importer"
	"ableimport/mapping"
)

// settingsOf are the values of --set. What is wrong with one is told in a sentence: the mapping may be a preset, of
// which there is no file to look at.
func settingsOf(config *mapping.Config, said []string) (map[string]string, error) {
	values := map[string]string{}
	for _, s := range config.Settings() {
		if s.Value != s.Default { // the mapping itself says it
			values[s.Name] = s.Value
		}
	}
	for _, one := range said {
		name, value, found := strings.Cut(one, "=")
		if !found {
			return nil, fmt.Errorf("--set %s: give a name and a value, such as --set currency=USD", one)
		}
		values[name] = value
		s, declared := config.Setting(name)
		err := config.CheckSettings(map[string]string{name: value})
		if declared { // its name stands in the flag
			err = s.Check(value)
		}
		if err != nil {
			return nil, fmt.Errorf("--set %s: %w", one, err)
		}
	}
	return values, nil
}

// answered sees that everything is said that no file can say, asking where somebody can answer.
func (p *program) answered(ctx context.Context, f *importFlags, config *mapping.Config) (*mapping.Config, error) {
	err := importer.CheckUnsaid(config)
	if err == nil || f.ofJob || !f.sends || !p.interactive() {
		return config, err
	}
	if err := p.askSettings(ctx, f, config.Unsaid()); err != nil {
		return nil, err
	}
	return p.loadMapping(f)
}

// askSettings asks on the terminal, until each answer will do. No answer at all is a no.
func (p *program) askSettings(ctx context.Context, f *importFlags, settings []mapping.Setting) error {
	for _, s := range settings {
		for {
			answer := p.answer(ctx, fmt.Sprintf("%s (%s, for example %s) ", s.Question, s.Name, s.Example()))
			if answer == "" || ctx.Err() != nil {
				return declined(ctx)
			}
			if err := s.Check(answer); err != nil {
				fmt.Fprintln(p.err, err)
				continue
			}
			f.set = append(f.set, s.Name+"="+answer)
			break
		}
	}
	return nil
}
