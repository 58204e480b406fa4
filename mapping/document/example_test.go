package document_test

import (
	"fmt"

	"ableimport/mapping/document"
)

// Every mistake is reported with its place, its line and what was most likely meant.
func ExampleReadSettings() {
	source := []byte("version: 1\ninbx: /srv/exports\n")
	settings, err := document.ReadSettings("able-import.yaml", "job", source, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	settings.Keys("the job", map[string]func(*document.Setting){
		"version": func(s *document.Setting) { s.Count("version", 1) },
		"inbox":   func(s *document.Setting) { s.Text("inbox") },
	})
	fmt.Println(settings.Err())
	// Output:
	// able-import.yaml:2:1: unknown key "inbx" (the job); nearest: "inbox"
	//   1 | version: 1
	// > 2 | inbx: /srv/exports
	//     | ^
}
