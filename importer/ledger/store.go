package ledger

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"iter"
	"net/url"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// store is the SQLite file as tables of rows, each with a key, a body and a CRC-32C. It uses one
// connection: its prepared statements then need no pool, and a ledger has only one user.
type store struct {
	path string
	db   *sql.DB
	conn *sql.Conn
	put  [tables]*sql.Stmt
	get  [tables]*sql.Stmt
	row  []byte // of the last read
}

type table byte

const (
	metaTable    table = iota // headerKey, manifestKey
	runTable                  // number of the run -> RunInfo
	journalTable              // sequence -> what one commit said; consecutive from 1
	blockTable                // part<<32 | number of the block in it -> entries, ids ascending
	fenceTable                // part -> first id of each of its blocks
	tables
)

const (
	headerKey   = 1
	manifestKey = 2
)

var tableNames = [tables]string{"meta", "run", "journal", "block", "fence"}

// In PRAGMA application_id and user_version.
const (
	applicationID = 0x41424C45 // "ABLE"
	formatVersion = 2          // version 1 only has journal rows of the kinds 1 and 2
)

// pageSize: a commit of 256 intents and 256 outcomes, or a block of the index, has 15 kB and so
// takes one page. Pages of 4096 cost more CPU for many events, with twice as many writes; larger
// pages write more for a commit of one event.
const pageSize = 16384

// writerPragmas: with synchronous=FULL each transaction in the write-ahead log is one sync. The log
// is copied into the file every 8 MB, so those syncs hardly count: once written to its end, it is
// overwritten, which costs less than making it grow.
var writerPragmas = []string{
	"synchronous(FULL)", "fullfsync(1)", "checkpoint_fullfsync(1)", "wal_autocheckpoint(512)",
	"busy_timeout(10000)",
}

var readerPragmas = []string{"query_only(1)", "busy_timeout(10000)"}

// openStore opens the file at path. parameters are SQLite's own in a file URI, such as mode=ro.
func openStore(path string, pragmas []string, parameters ...string) (*store, error) {
	db, err := sql.Open("sqlite", dataSource(path, pragmas, parameters))
	if err != nil {
		return nil, err
	}
	conn, err := db.Conn(context.Background())
	if err != nil {
		return nil, firstError(damageOf(path, err), db.Close())
	}
	return &store{path: path, db: db, conn: conn}, nil
}

// dataSource names the file by a URI, the only form in which a path may have question marks.
func dataSource(path string, pragmas, parameters []string) string {
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // C:/...
	}
	query := strings.Join(parameters, "&")
	for _, pragma := range pragmas {
		query += "&_pragma=" + pragma
	}
	source := url.URL{Scheme: "file", Path: slashed, RawQuery: strings.TrimPrefix(query, "&")}
	return source.String()
}

// prepare makes the statements; it fails if the tables are not there.
func (s *store) prepare() error {
	for t, name := range tableNames {
		insert := "INSERT INTO " // refuses to write a row twice where rows never change
		if table(t) == metaTable || table(t) == runTable {
			insert = "INSERT OR REPLACE INTO "
		}
		var err error
		s.put[t], err = s.statement(insert + name + " (key, body, crc) VALUES (?, ?, ?)")
		if err != nil {
			return err
		}
		s.get[t], err = s.statement("SELECT body, crc FROM " + name + " WHERE key = ?")
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *store) statement(text string) (*sql.Stmt, error) {
	statement, err := s.conn.PrepareContext(context.Background(), text)
	if err == nil {
		return statement, nil
	}
	if code := errorCode(err); code == sqlite3.SQLITE_ERROR { // no such table
		return nil, damaged(s.path, err.Error())
	}
	return nil, damageOf(s.path, err)
}

// write puts a row.
func (s *store) write(t table, key uint64, body []byte) error {
	_, err := s.put[t].Exec(int64(key), body, int64(checksum(t, key, body)))
	return damageOf(s.path, err)
}

// read returns the body of a row, valid until the next read, or nil where there is none.
func (s *store) read(t table, key uint64) ([]byte, error) {
	rows, err := s.get[t].Query(int64(key))
	if err != nil {
		return nil, damageOf(s.path, err)
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, damageOf(s.path, rows.Err())
	}

	var body sql.RawBytes
	var crc int64
	if err := rows.Scan(&body, &crc); err != nil {
		return nil, damaged(s.path, err.Error())
	}
	if err := s.check(t, key, body, crc); err != nil {
		return nil, err
	}

	s.row = append(s.row[:0], body...)
	return s.row, nil
}

type tableRow struct {
	key  uint64
	body []byte // valid until the next row
}

// scan yields up to limit rows of t from key on, keys ascending. A long scan keeps SQLite from
// restarting the write-ahead log, so whoever reads much and also writes scans in portions.
func (s *store) scan(t table, from uint64, limit int) iter.Seq2[tableRow, error] {
	return func(yield func(tableRow, error) bool) {
		query := "SELECT key, body, crc FROM " + tableNames[t] +
			" WHERE key >= ? ORDER BY key LIMIT ?"
		rows, err := s.conn.QueryContext(context.Background(), query, int64(from), limit)
		if err != nil {
			yield(tableRow{}, damageOf(s.path, err))
			return
		}
		defer rows.Close()

		for rows.Next() {
			var key, crc int64
			var body sql.RawBytes
			err := rows.Scan(&key, &body, &crc)
			if err == nil {
				err = s.check(t, uint64(key), body, crc)
			}
			if !yield(tableRow{uint64(key), body}, err) || err != nil {
				return
			}
		}

		if err := rows.Err(); err != nil {
			yield(tableRow{}, damageOf(s.path, err))
		}
	}
}

// lastKey returns the highest key of t, 0 for none.
func (s *store) lastKey(t table) (uint64, error) {
	key, err := s.number("SELECT coalesce(max(key), 0) FROM " + tableNames[t])
	return uint64(key), err
}

func (s *store) number(query string) (n int64, err error) {
	err = s.conn.QueryRowContext(context.Background(), query).Scan(&n)
	return n, damageOf(s.path, err)
}

func (s *store) exec(query string, arguments ...any) error {
	_, err := s.conn.ExecContext(context.Background(), query, arguments...)
	return damageOf(s.path, err)
}

// transaction runs work so that after a crash either everything it writes is there, or nothing.
func (s *store) transaction(work func() error) error {
	if err := s.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err := work()
	if err == nil {
		err = s.exec("COMMIT")
	}
	if err != nil {
		_ = s.exec("ROLLBACK") // the first error says what happened
	}
	return err
}

// close closes the statements first: otherwise SQLite would keep the connection and not copy the
// log into the file.
func (s *store) close() error {
	for t := range tables {
		for _, statement := range []*sql.Stmt{s.put[t], s.get[t]} {
			if statement != nil {
				_ = statement.Close() // reports again what its last use reported
			}
		}
	}
	return firstError(s.conn.Close(), s.db.Close())
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum includes table and key: a row in the wrong place is as wrong as a changed one.
func checksum(t table, key uint64, body []byte) uint32 {
	head := binary.LittleEndian.AppendUint64([]byte{byte(t)}, key)
	return crc32.Update(crc32.Checksum(head, castagnoli), castagnoli, body)
}

func (s *store) check(t table, key uint64, body []byte, crc int64) error {
	if int64(checksum(t, key, body)) == crc {
		return nil
	}
	what := fmt.Sprintf("row %d of table %s is not what was written", key, tableNames[t])
	if t == blockTable || t == fenceTable {
		return damagedIndex(s.path, what)
	}
	return damaged(s.path, what)
}

func errorCode(err error) int {
	var failure *sqlite.Error
	if errors.As(err, &failure) {
		return failure.Code() & 0xff // the low byte is the kind, the rest details
	}
	return -1
}

// damageOf turns SQLite's words for a damaged file into a RefusedError and leaves other errors as
// they are.
func damageOf(path string, err error) error {
	switch errorCode(err) {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return damaged(path, err.Error())
	}
	return err
}
