package main

import (
	"archive/zip"
	"os"

	"github.com/rogpeppe/go-internal/testscript"
)

// pack FILE FOLDER: makes a workbook of the parts in a folder.
func pack(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: pack FILE FOLDER")
	}
	file, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	writer := zip.NewWriter(file)
	ts.Check(writer.AddFS(os.DirFS(ts.MkAbs(args[1]))))
	ts.Check(writer.Close())
	ts.Check(file.Close())
}
