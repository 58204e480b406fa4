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

// upload takes dropped files, and begins a work with them.
func (s *server) upload(w http.ResponseWriter, r *http.Request) {
	work, err := s.newWork()
	if err == nil {
		err = work.receive(w, r)
	}

	if err != nil {
		if work != nil {
			work.close()
		}
		s.refuseAtHome(w, r, http.StatusBadRequest, "files",
			"The files could not be taken: "+sentence(err))
		return
	}

	s.keep(work)
	s.look(work)
	s.answer(w, r, "/work/"+work.id)
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

// receive writes the files of a form into the work's folder.
func (w *work) receive(writer http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(writer, r.Body, mostBytes)
	parts, err := r.MultipartReader()
	if err != nil {
		return errNoFile
	}

	count := len(w.files)

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
		if len(w.files) == mostFiles {
			return fmt.Errorf("at most %d files at a time", mostFiles)
		}

		file, err := w.save(part)
		if err != nil {
			return err
		}

		w.files = append(w.files, file)
	}

	if len(w.files) == count {
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
func (w *work) save(part *multipart.Part) (upload, error) {
	dir, err := os.MkdirTemp(filepath.Join(w.dir, "files"), "")
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

// safeName is a file name that means no other place, and nothing to a terminal or a system.
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

var errBusy = errors.New("this import is just being read; try again in a moment")

// receiveMore takes further files for a work. While they arrive, which may take long, others may
// look at it.
func (w *work) receiveMore(writer http.ResponseWriter, r *http.Request) ([]upload, error) {
	w.mu.Lock()
	count := len(w.files)
	w.mu.Unlock()
	arriving := &work{dir: w.dir, files: make([]upload, count)}
	err := arriving.receive(writer, r)
	return arriving.files[count:], err
}

// moreFiles adds files to a work.
func (s *server) moreFiles(w http.ResponseWriter, r *http.Request, work *work) {
	files, err := work.receiveMore(w, r)
	work.mu.Lock()
	if work.busy != "" && err == nil {
		err = errBusy
	}
	if err == nil {
		work.files = append(work.files, files...)
	}

	work.mu.Unlock()

	if err != nil {
		s.refuse(w, r, work, "found", "more", err)
		return
	}

	s.look(work)
	s.answer(w, r, "/work/"+work.id+"/found")
}

// sample begins a work with an invented export.
func (s *server) sample(w http.ResponseWriter, r *http.Request) {
	name, content, err := samples.Export(r.FormValue("name"))
	if err != nil {
		s.problem(w, http.StatusBadRequest, "There is no such sample", sentence(err))
		return
	}

	work, err := s.newWork()
	if err == nil {
		var file upload
		file, err = write(filepath.Join(work.dir, "files", name), name,
			strings.NewReader(string(content)))
		work.files, work.sample, work.preset = []upload{file}, true, r.FormValue("name")
	}

	if err != nil {
		s.problem(w, http.StatusInternalServerError, "The sample could not be kept", sentence(err))
		return
	}

	s.keep(work)
	s.look(work)
	http.Redirect(w, r, "/work/"+work.id, http.StatusSeeOther)
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

func (s *server) dropWork(w http.ResponseWriter, r *http.Request, work *work) {
	work.mu.Lock()
	going := work.run != nil && !work.run.over() || work.busy != ""
	work.mu.Unlock()

	if going {
		s.refuseAtHome(w, r, http.StatusConflict, "work."+work.id,
			"This import is under way: stop it first, or let it come to its end.")
		return
	}

	s.mu.Lock()

	for i, other := range s.works {
		if other == work {
			s.works = append(s.works[:i:i], s.works[i+1:]...)
			break
		}
	}

	s.mu.Unlock()
	work.close()
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
