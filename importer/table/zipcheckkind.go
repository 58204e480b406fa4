package table

import (
	"archive/zip"
	"bytes"
	"io"
	"path"
	"strings"
)

// describeZip says what a zip holds by the names of its parts. Workbook: openXLSX reads it or says why not. Problem: one
// clause, where it is another office file. Neither: it is some other zip.
func describeZip(files []*zip.File) (workbook bool, problem string) {
	names := map[string]bool{}
	for _, file := range files {
		names[partKey(file.Name)] = true
		names[path.Dir(partKey(file.Name))] = true
	}
	switch {
	case names["xl/workbook.bin"]:
		return false, "is a binary workbook (.xlsb); open it in Excel and save it as .xlsx"
	case names["xl"]:
		return true, ""
	case names["word"]:
		return false, "is a Word document; export the table as .xlsx or .csv"
	case names["ppt"]:
		return false, "is a presentation; export the table as .xlsx or .csv"
	case names["mimetype"] && (names["content.xml"] || names["meta-inf"]):
		return false, "is an OpenDocument file (.ods); save it as .xlsx or .csv"
	case names["index"] && (names["index/document.iwa"] || names["index.zip"]), names["index.zip"]:
		return false, "is an Apple Numbers file; export it as .xlsx or .csv"
	case names["[content_types].xml"]:
		return true, "" // by its relationships, perhaps
	}
	return false, ""
}

// describeOLE says what a file of Microsoft's older container format is, by the names of its streams. Password-protected
// workbooks are of this kind, too.
func describeOLE(in io.Reader) string {
	found := findNames(in, "EncryptedPackage", "Workbook", "Book", "WordDocument")
	switch {
	case found["EncryptedPackage"]:
		return "is password-protected; open it in Excel, remove the password (File > Info > Protect) and save it again"
	case found["WordDocument"]:
		return "is a Word document; export the table as .xlsx or .csv"
	case found["Workbook"], found["Book"]:
		return "is an old Excel file (.xls); open it in Excel and save it as .xlsx"
	}
	return "is no workbook (an OLE file of another kind); export the table as .xlsx or .csv"
}

// findNames looks for stream names, which a directory entry holds in 64 bytes of UTF-16, anywhere in the input.
func findNames(in io.Reader, names ...string) map[string]bool {
	found := map[string]bool{}
	buffer := make([]byte, 0, 1<<20)
	for {
		n, err := io.ReadFull(in, buffer[len(buffer):cap(buffer)])
		buffer = buffer[:len(buffer)+n]
		for _, name := range names {
			if bytes.Contains(buffer, entryName(name)) {
				found[name] = true
			}
		}
		if err != nil {
			return found
		}
		buffer = buffer[:copy(buffer, buffer[len(buffer)-64:])]
	}
}

// entryName is how a directory entry begins: the name and the zeros that end it.
func entryName(name string) []byte {
	return []byte(strings.Join(strings.Split(name, ""), "\x00") + "\x00\x00\x00")
}
