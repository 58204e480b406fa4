package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// A build says which program this is, as `version --json` prints it.
type build struct {
	Version string `json:"version"` // the release, or "dev"
	// what it was built from; empty outside of a repository
	Commit string `json:"commit,omitempty"`
	Time   string `json:"time,omitempty"` // of that commit, RFC 3339
	// built from a tree with changes that are not in the commit
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// thisBuild reads what the Go toolchain noted in the program.
func thisBuild() build {
	b := build{Version: version, Go: runtime.Version(),
		Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}

	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			b.Commit = setting.Value
		case "vcs.time":
			b.Time = setting.Value
		case "vcs.modified":
			b.Modified = setting.Value == "true"
		}
	}

	return b
}

func (p *program) versionCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "version",
		Short:   "Show release, commit and platform of this program",
		Example: "  able-import version --json",
		Args:    wantNone,
		RunE: func(*cobra.Command, []string) error {
			b := thisBuild()
			if asJSON {
				return json.NewEncoder(p.out).Encode(b)
			}
			fmt.Fprintf(p.out, "able-import %s (%s, %s)\n", b.Version, b.Go, b.Platform)
			if b.Commit != "" {
				fmt.Fprintf(p.out, "commit %s of %s\n", b.Commit, b.Time)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print it as one JSON object")

	return c
}
