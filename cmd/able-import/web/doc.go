// Package web is the local page: the way from an export to delivered events, in a browser on the
// same machine.
//
//	files ──► what was found ──► columns ──► preview ──► target ──► progress ──► report
//	            (table)          (mapping)  (importer.Preflight)  (importer.Run)  (report)
//
// The code of the command line does all of it; this package only shows it. An open import is one
// import, from the dropped files to the report. The server keeps all of them in memory, so that a
// reload, a second tab or a new window finds them as they are. Runs belong to the server: closing
// the browser stops nothing, and ending the program lets them finish as an interrupt does.
//
// What was written into a form stays there, and what is wrong with it is told at its field: see
// faults. Cells are corrected in the preview by the same path as failures files: see package
// correction.
//
// Pages are made here, from templates; the script in static only improves them: it uploads with a
// bar, follows a run, and writes dates and amounts as the browser's language does. Nothing is
// fetched from anywhere else.
//
// # Who may use it
//
// The server listens on 127.0.0.1. The browser gets a token that works once, in a file that only
// the user can read, and in return for it a cookie that no other site can send. Host and Origin
// have to be this server's.
package web
