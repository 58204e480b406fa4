package notice

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

type run struct {
	File   string `json:"file"`
	Became string `json:"became"`
}

type example struct {
	Job   string `json:"job"`
	Code  int    `json:"exit_code"`
	Error string `json:"error,omitempty"`
	Runs  []run  `json:"runs"`
}

func TestTemplate(t *testing.T) {
	quoted := example{"shop", 3, "", []run{{`the "best" \ {{.x}}` + "\nof <June>.csv", "refused"}}}
	for name, test := range map[string]struct {
		source, want, wantErr string
	}{
		"a line of text": {`{"text": "{{.job}}: {{.exit_code}}"}`, `{"text": "shop: 3"}`, ""},
		"values cannot break the JSON": {`{"t": "{{range .runs}}{{.file}}{{end}}"}`,
			`{"t": "the \"best\" \\ {{.x}}\nof \u003cJune\u003e.csv"}`, ""},
		"words can be compared": {`[{{range .runs}}{{if eq .became "refused"}}1{{end}}{{end}}]`,
			`[1]`, ""},
		"a key that is left out":      {`{"t": "{{with .error}}{{.}}{{end}}"}`, `{"t": ""}`, ""},
		"a key that does not exist":   {`{"t": "{{.jobs}}"}`, "", "names a key"},
		"no JSON":                     {`{"t": {{.job}}}`, "", `does not make JSON: {"t": shop}`},
		"a template with a slip":      {`{"t": "{{.job}"}`, "", "slack.tmpl:1: "},
		"two objects are not one":     {`{} {}`, "", "does not make JSON"},
		"a field of what has no keys": {`{"t": "{{.job.name}}"}`, "", "slack.tmpl:1:"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "slack.tmpl")
			if err := os.WriteFile(path, []byte(test.source), 0o600); err != nil {
				t.Fatal(err)
			}
			read, err := Read(path, quoted)
			if test.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), test.wantErr) {
					t.Fatalf("err %v, want %q", err, test.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got, err := read.Shape(quoted); err != nil || string(got) != test.want {
				t.Errorf("%s, %v", got, err)
			}
		})
	}
}
