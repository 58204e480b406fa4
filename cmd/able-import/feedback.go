package main

import (
	"context"

	"ableimport/importer"
	"ableimport/importer/correction"
	"ableimport/importer/history"
	"ableimport/mapping"
)

// fedBack settles the mapping. Files that are failures files of an earlier run bring their own; any other is refused.
func (p *program) fedBack(ctx context.Context, f *jobFlags, target *history.Target, files []string) (*correction.Files, *mapping.Config, error) {
	feedback, err := importer.FindFailures(target, files)
	if err != nil {
		return nil, nil, err
	}
	if f.mapping == "" && f.preset == "" {
		if feedback != nil {
			f.mapping = feedback.Mapping
		} else if err := p.suggest(ctx, f, files); err != nil {
			return nil, nil, err
		}
	}
	if feedback != nil && f.ofJob {
		f.mapping, f.preset = feedback.Mapping, ""
	}
	config, err := p.loadMapping(f)
	if err != nil {
		return nil, nil, err
	}
	if feedback != nil {
		err = feedback.Check(config)
	}
	return feedback, config, err
}
