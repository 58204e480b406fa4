package mapping

import "errors"

// readEmail adds the address, trimmed and lower-cased.
func readEmail(dst, cell []byte) ([]byte, error) { return dst, errors.New("not yet") }

// readPhone adds the number in E.164: +491701234567. Without a region (a
// two-letter country code) only international numbers can be read.
func readPhone(dst, cell []byte, region string) ([]byte, error) { return dst, errors.New("not yet") }

// firstWord is the part before the first white space: a given name.
func firstWord(s []byte) []byte { return nil }

// restWords is what follows the first word.
func restWords(s []byte) []byte { return nil }

// mask hides a personal value and leaves enough to find it: a•••@e•••.com.
func mask(value string) string { return "•••" }
