package web

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"ableimport/samples"
)

// Limits of one upload.
const (
	mostFiles  = 50
	mostBytes  = 4 << 30
	mostForm   = 10 << 20 // of a form without files
	nameLength = 120      // bytes
)

// upload takes dropped files, and begins an import with them.
func (s *server) upload(w http.ResponseWriter, r *http.Request) {
	o, err := s.newImport()
	if err == nil {
		err = o.receive(w, r)
	}

	if err != nil {
		if o != nil {
			o.close()
		}
		s.refuseAtHome(w, r, http.StatusBadRequest, "files",
			"The files could not be added: "+sentence(err))
		return
	}

	s.keep(o)
	s.look(o)
	s.answer(w, r, "/import/"+o.id)
}

// answer sends a browser on; the script, which has sent the request, is told where to.
func (s *server) answer(w http.ResponseWriter, r *http.Request, to string) {
	if r.Header.Get("Accept") == "application/json" {
		writeJSON(w, map[string]string{"to": s.access.room + to})
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

var errNoFile = errors.New("no file was chosen")

// receive writes the files of a form into the import's folder.
func (o *openImport) receive(writer http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(writer, r.Body, mostBytes)
	parts, err := r.MultipartReader()
	if err != nil {
		return errNoFile
	}

	count := len(o.files)

	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return tooLarge(err)
		}
		if part.FileName() == "" {
			continue
		}
		if len(o.files) == mostFiles {
			return fmt.Errorf("at most %d files at a time", mostFiles)
		}

		file, err := o.save(part)
		if err != nil {
			return err
		}

		o.files = append(o.files, file)
	}

	if len(o.files) == count {
		return errNoFile
	}

	return nil
}

func tooLarge(err error) error {
	if limit := new(http.MaxBytesError); errors.As(err, &limit) {
		return fmt.Errorf("together they are larger than %d GB; import such files with "+
			"the command line: able-import run", mostBytes>>30)
	}
	return fmt.Errorf("the upload stopped: %w", err)
}

// save writes one file, in a folder of its own: two files may have the same name, and the name is
// what reports show.
func (o *openImport) save(part *multipart.Part) (upload, error) {
	dir, err := os.MkdirTemp(filepath.Join(o.dir, "files"), "")
	if err != nil {
		return upload{}, fmt.Errorf("keep the file: %w", err)
	}

	name := safeName(part.FileName())
	if name == "" {
		name = "export"
	}

	file, err := write(filepath.Join(dir, name), name, part)
	if original := part.FileName(); err == nil && original != "" {
		file.Original = original
	}

	return file, err
}

func write(path, name string, content io.Reader) (upload, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return upload{}, fmt.Errorf("keep the file: %w", err)
	}
	defer file.Close()
	size, err := io.Copy(file, content)
	if err != nil {
		return upload{}, tooLarge(err)
	}
	return upload{Name: name, Original: name, Path: path, Size: size}, file.Close()
}

// safeName is a file name that leads nowhere else, and means nothing to a terminal or a system.
func safeName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || strings.ContainsRune(`:*?"<>|`, r) {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(name, "_"))
	name = strings.Trim(name, " .")
	if extension := filepath.Ext(name); len(name) > nameLength && len(extension) < 10 {
		name = strings.ToValidUTF8(name[:nameLength-len(extension)], "") + extension
	} else if len(name) > nameLength {
		name = strings.ToValidUTF8(name[:nameLength], "")
	}

	return name
}

var errBusy = errors.New("this import is being read right now; try again in a moment")

// receiveMore takes further files for an import. While they arrive, which may take long, others may
// look at it.
func (o *openImport) receiveMore(writer http.ResponseWriter, r *http.Request) ([]upload, error) {
	o.mu.Lock()
	count := len(o.files)
	o.mu.Unlock()
	arriving := &openImport{dir: o.dir, files: make([]upload, count)}
	err := arriving.receive(writer, r)
	return arriving.files[count:], err
}

// moreFiles adds files to an import.
func (s *server) moreFiles(w http.ResponseWriter, r *http.Request, o *openImport) {
	files, err := o.receiveMore(w, r)
	o.mu.Lock()
	if o.busy != "" && err == nil {
		err = errBusy
	}
	if err == nil {
		o.files = append(o.files, files...)
	}

	o.mu.Unlock()

	if err != nil {
		s.refuse(w, r, o, "found", "more", err)
		return
	}

	s.look(o)
	s.answer(w, r, "/import/"+o.id+"/found")
}

// sample begins an import with an invented export.
func (s *server) sample(w http.ResponseWriter, r *http.Request) {
	name, content, err := samples.Export(r.FormValue("name"))
	if err != nil {
		s.problem(w, http.StatusBadRequest, "There is no such sample", sentence(err))
		return
	}

	o, err := s.newImport()
	if err == nil {
		var file upload
		file, err = write(filepath.Join(o.dir, "files", name), name,
			strings.NewReader(string(content)))
		o.files, o.sample, o.preset = []upload{file}, true, r.FormValue("name")
	}

	if err != nil {
		s.problem(w, http.StatusInternalServerError, "The sample could not be kept", sentence(err))
		return
	}

	s.keep(o)
	s.look(o)
	http.Redirect(w, r, "/import/"+o.id, http.StatusSeeOther)
}

// sampleFile gives an invented export to look at in a spreadsheet program.
func (s *server) sampleFile(w http.ResponseWriter, r *http.Request) {
	name, content, err := samples.Export(r.PathValue("name"))
	if err != nil {
		s.problem(w, http.StatusNotFound, "There is no such sample", sentence(err))
		return
	}
	attach(w, name)
	w.Write(content)
}

func (s *server) dropImport(w http.ResponseWriter, r *http.Request, o *openImport) {
	o.mu.Lock()
	going := o.run != nil && !o.run.over() || o.busy != ""
	o.mu.Unlock()

	if going {
		s.refuseAtHome(w, r, http.StatusConflict, "import."+o.id,
			"This import is under way: stop it first, or let it finish.")
		return
	}

	s.mu.Lock()

	for i, other := range s.imports {
		if other == o {
			s.imports = append(s.imports[:i:i], s.imports[i+1:]...)
			break
		}
	}

	s.mu.Unlock()
	o.close()
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
