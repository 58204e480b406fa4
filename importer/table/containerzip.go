package table

import (
	"archive/zip"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// chooseMember finds the one table in a zip file, or the one of that name. Of other files it tells which are passed over: a table
// among them would be missed.
func chooseMember(archive *zip.Reader, name string) (member *zip.File, passed []string, err error) {
	var tables []*zip.File
	var names []string
	for _, file := range archive.File {
		base := path.Base(file.Name)
		if file.FileInfo().IsDir() || isLitter(file.Name) {
			continue
		}
		if name == file.Name || name == base {
			return usable(file, nil)
		}
		if isBeside(base) {
			passed = append(passed, file.Name)
			continue
		}
		tables = append(tables, file)
		names = append(names, file.Name)
	}
	switch {
	case name != "" && len(names) > 0:
		return nil, nil, fmt.Errorf("there is no %q in this .zip, but %s", name, strings.Join(names, ", "))
	case len(names) > 1:
		return nil, nil, fmt.Errorf("there are %d files in this .zip: %s. Choose one with `sheet: %s`, or unpack it", len(names), shorten(names), names[0])
	case len(names) == 1:
		return usable(tables[0], passed)
	case len(passed) > 0:
		return nil, nil, fmt.Errorf("there is no table in this .zip, but %s", shorten(passed))
	}
	return nil, nil, errors.New("there is no file in this .zip")
}

// isLitter tells of files that systems leave, and that nobody has put there.
func isLitter(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(name, "__MACOSX/") || strings.HasPrefix(base, ".") || strings.EqualFold(base, "Thumbs.db") || strings.EqualFold(base, "desktop.ini")
}

var (
	// besideEndings are those of files that people lay beside an export and that are no tables.
	besideEndings = []string{".md", ".pdf", ".html", ".htm", ".xml", ".json", ".doc", ".docx", ".rtf", ".odt", ".png", ".jpg", ".jpeg", ".gif", ".svg",
		".log", ".asc", ".sig", ".md5", ".sha1", ".sha256", ".url", ".ini", ".css", ".xsd", ".dtd"}
	// besideNames are those of texts about an export, in the languages of our users.
	besideNames = []string{"readme", "read me", "read_me", "liesmich", "lisezmoi", "leeme", "leame", "leggimi", "license", "licence", "lizenz", "licencia",
		"copying", "notice", "changelog", "manifest", "checksums", "sha256sums", "md5sums"}
)

// isBeside tells of files that are no tables, as their names say.
func isBeside(base string) bool {
	base = strings.ToLower(base)
	ending := path.Ext(base)
	if slices.Contains(besideEndings, ending) {
		return true
	}
	return (ending == ".txt" || ending == "") && slices.Contains(besideNames, strings.TrimSuffix(base, ending))
}

func usable(file *zip.File, passed []string) (*zip.File, []string, error) {
	if file.Flags&1 != 0 {
		return nil, nil, fmt.Errorf("%s in this .zip is protected by a password: unpack it first", file.Name)
	}
	return file, passed, nil
}

func shorten(names []string) string {
	if len(names) > 6 {
		return strings.Join(names[:6], ", ") + fmt.Sprintf(" and %d more", len(names)-6)
	}
	return strings.Join(names, ", ")
}
