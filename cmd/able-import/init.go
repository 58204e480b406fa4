package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ableimport/cmd/able-import/prepare"
	"ableimport/importer/report"
	"ableimport/importer/table"
	"ableimport/mapping/draft"
)

func (p *program) initCommand() *cobra.Command {
	var output string
	var options table.Options
	c := &cobra.Command{
		Use:   "init FILE [-o mapping.yaml]",
		Short: "Draft a mapping for an export, with the reasons for every line",
		Long: `Reads the whole file and writes a mapping for it: which column is what, how numbers
and dates are written, which rows are not sales. What the file leaves open is marked
OPEN, with values from the file, for you to decide. Nothing leaves this machine.`,
		Example: `  able-import init invoices.csv -o mapping.yaml
  able-import check -m mapping.yaml invoices.csv
  able-import preview -m mapping.yaml invoices.csv`,
		Args: wantOne,
		RunE: func(c *cobra.Command, args []string) error {
			return p.init(c.Context(), args[0], output, options)
		},
	}
	flags := c.Flags()

	flags.StringVarP(&output, "output", "o", "",
		"file to write, which must not exist yet (default: standard output)")
	flags.StringVar(&options.Sheet, "sheet", "", "sheet of a workbook")
	flags.IntVar(&options.Table, "table", 0, "which table of a web page (HTML), counted from 1")
	flags.IntVar(&options.Header, "header", 0, "row number of the header row")
	flags.StringVar(&options.Encoding, "encoding", "", "encoding, if it cannot be detected")
	flags.StringVar(&options.Delimiter, "delimiter", "", "delimiter, if it cannot be detected")
	return c
}

func (p *program) init(ctx context.Context, path, output string, options table.Options) error {
	if _, err := os.Lstat(output); output != "" && err == nil {
		return usagef("%s: the file exists and is not overwritten; name another file, or remove it",
			output)
	}

	if path == "-" {
		return errNoStdin
	}

	options.Records = true
	t, err := table.OpenContext(ctx, path, options)
	var ambiguous *table.AmbiguousError
	if errors.As(err, &ambiguous) {
		return fmt.Errorf("%w\nFor init, give the right one as a flag, such as: able-import init "+
			"--%s %s%s", err, flagOf(ambiguous), prepare.FileWord(path), outputFlag(output))
	}
	if err != nil {
		return err
	}
	defer t.Close()
	if why := prepare.Declined(path, path, options); why != "" {
		return usagef("%s", why)
	}

	export := prepare.Export(path, t, prepare.WithSheet(t, options))
	if known := p.recall(&importFlags{}, t.Header()); known != nil {
		fmt.Fprintf(p.err, "%s has %s. The draft takes over its name and namespace, so that "+
			"sales already sent are recognised.\n",
			report.Visible(filepath.Base(path)), sameColumns(known))
		if known.Path != "" || presetOf(known) != "" {
			fmt.Fprintf(p.err, "To use its mapping again: able-import preview %s %s\n",
				asFlag(known), prepare.FileWord(path))
		}
		export.Name, export.Space = known.Name, known.Namespace
	} else {
		p.hintAtPreset(path)
	}

	text, err := draft.Write(export)
	if err != nil {
		return err
	}

	info := t.Info()
	for _, note := range slices.Concat(info.Warnings, info.Useless) {
		fmt.Fprintf(p.err, "Note: %s\n", report.Visible(asFlags.Replace(note)))
	}
	if output == "" {
		_, err = p.out.Write(text)
		return err
	}
	if err := writeNew(output, append(modeline(output), text...)); err != nil {
		return err
	}

	fmt.Fprintf(p.err, "%s is written: %s.\nRead it, then: able-import check -m %s %s\n", output,
		questions(text), prepare.ShellWord(output), prepare.FileWord(path))
	return nil
}

func outputFlag(output string) string {
	if output == "" {
		return ""
	}
	return " -o " + prepare.ShellWord(output)
}

// hintAtPreset suggests a ready mapping, which knows more about its system than one file shows.
func (p *program) hintAtPreset(path string) {
	if fitting, err := p.fitting([]string{path}); err == nil && len(fitting) > 0 {
		fmt.Fprintf(p.err, "A ready mapping fits this file: --preset %s (%s)\n", fitting[0].Name,
			fitting[0].Title)
	}
}

// schemaFile is what the schema is called beside a mapping.
const schemaFile = "able-import.schema.json"

// modeline names the schema to editors, if it lies beside the mapping: nothing is fetched from
// anywhere.
func modeline(output string) []byte {
	if _, err := os.Stat(filepath.Join(filepath.Dir(output), schemaFile)); err != nil {
		return nil
	}
	return []byte("# yaml-language-server: $schema=" + schemaFile + "\n")
}

// flagOf writes the first line that answers an ambiguity as the flag of the same name.
func flagOf(ambiguous *table.AmbiguousError) string {
	if len(ambiguous.Readings) == 0 {
		return "encoding ..."
	}
	return strings.Replace(ambiguous.Readings[0].Setting, ": ", " ", 1)
}

// asFlags names settings of a mapping as the flags that init has for them.
var asFlags = strings.NewReplacer("`sheet:`", "--sheet", "`table:`", "--table",
	"`encoding:`", "--encoding", "`delimiter:`", "--delimiter")

// writeNew writes a file that must not exist.
func writeNew(path string, content []byte) error {
	if err := checkNewName(path); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return usagef("%s: the file exists and is not overwritten", path)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, table.Cause(err))
	}
	defer file.Close()
	if _, err := file.Write(content); err != nil {
		return fmt.Errorf("%s: %w", path, table.Cause(err))
	}

	return file.Close()
}

// checkNewName refuses the names of Windows' devices, in which what is written would be gone:
// aux.yaml.
func checkNewName(path string) error {
	if runtime.GOOS == "windows" && !filepath.IsLocal(filepath.Base(path)) {
		return usagef("%s: Windows reserves this name for a device; choose another", path)
	}
	return nil
}

// questions tells how many of them a draft leaves.
func questions(text []byte) string {
	for line := range strings.SplitSeq(string(text), "\n") {
		if count, _, found := strings.Cut(line, ": look for OPEN"); found {
			return strings.TrimPrefix(count, "# ") + " (look for OPEN)"
		}
	}
	return "no open questions"
}
