package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"unicode/utf8"
)

func isJSON(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && media == "application/json"
}

// object is a JSON object. Its numbers are json.Number, as written.
type object = map[string]any

// decode reads one JSON object without repeated fields.
func decode(body []byte) (object, error) {
	if !utf8.Valid(body) {
		return nil, errors.New("the body is not UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	value, err := decodeValue(decoder, 0)
	if err != nil {
		return nil, fmt.Errorf("the body is not JSON: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("the body goes on after its JSON object")
	}

	whole, ok := value.(object)
	if !ok {
		return nil, errors.New("the body is not a JSON object")
	}
	return whole, nil
}

func decodeValue(decoder *json.Decoder, depth int) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}

	switch {
	case depth > 50:
		return nil, errors.New("nested too deeply")
	case token == json.Delim('{'):
		return decodeObject(decoder, depth)
	case token != json.Delim('['):
		return token, nil
	}

	list := []any{}
	for decoder.More() {
		value, err := decodeValue(decoder, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	_, err = decoder.Token()
	return list, err
}

func decodeObject(decoder *json.Decoder, depth int) (any, error) {
	whole := object{}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		name, ok := token.(string)
		if _, twice := whole[name]; !ok || twice {
			return nil, fmt.Errorf("field %q comes twice", name)
		}
		if whole[name], err = decodeValue(decoder, depth+1); err != nil {
			return nil, err
		}
	}

	_, err := decoder.Token()
	return whole, err
}
