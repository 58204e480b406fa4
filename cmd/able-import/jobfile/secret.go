package jobfile

import (
	"regexp"
	"strings"

	"ableimport/mapping/document"
)

// secretName finds the headers whose values nobody should read in a file.
var secretName = regexp.MustCompile(`(?i)auth|cookie|token|secret|key|passw|signature|credential`)

// header reads the value of one header: a text with ${ABLE_...}, {file: path}, or a plain text
// where it is no secret.
func (r *reader) header(j *Job, name string, s *document.Setting) {
	h := Header{Name: name}
	if s.IsObject() {
		s.Keys("header "+name, map[string]func(*document.Setting){"file": r.path(&h.File)})
		if h.File == "" {
			s.Problem("header %s: expected {file: path}, the file that holds its value",
				name)
		}
	} else if secretName.MatchString(name) {
		h.Value = secret(s, "header "+name)
	} else {
		h.Value = s.Text("header " + name)
	}

	j.Headers = append(j.Headers, h)
}

// secret reads a value that must not be in the file itself. The mistake does not show it.
func secret(s *document.Setting, what string) string {
	if !strings.Contains(s.Written(), "${ABLE_") {
		s.Secret("%s: do not write a secret into the job file; write ${ABLE_...} and set that "+
			"variable, or name a file that holds the secret", what)
		return ""
	}
	return s.Text(what)
}
