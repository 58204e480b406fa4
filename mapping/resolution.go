package mapping

import (
	"encoding/json"
)

// keptNumber and keptDate are what a survey can prove of a column.
type keptNumber struct {
	Decimal string `json:"decimal,omitempty"`
	Groups  byte   `json:"groups,omitempty"`
}

type keptDate struct {
	Mode   byte   `json:"mode,omitempty"`
	Order  byte   `json:"order,omitempty"`
	Layout string `json:"layout,omitempty"`
}

type keptResolution struct {
	Numbers map[int]keptNumber `json:"numbers,omitempty"`
	Dates   map[int]keptDate   `json:"dates,omitempty"`
}

// MarshalJSON writes what was proved, so that a part of the same rows, which
// may prove less, can be read like all of them.
func (r *Resolution) MarshalJSON() ([]byte, error) {
	kept := keptResolution{map[int]keptNumber{}, map[int]keptDate{}}
	for column, format := range r.numbers {
		number := keptNumber{Groups: byte(format.groups)}
		if format.decimal != 0 {
			number.Decimal = string(format.decimal)
		}
		kept.Numbers[column] = number
	}
	for column, format := range r.dates {
		kept.Dates[column] = keptDate{byte(format.mode), byte(format.order), format.layout}
	}
	return json.Marshal(kept)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (r *Resolution) UnmarshalJSON(text []byte) error {
	var kept keptResolution
	if err := json.Unmarshal(text, &kept); err != nil {
		return err
	}
	r.numbers, r.dates = map[int]numberFormat{}, map[int]dateFormat{}
	for column, number := range kept.Numbers {
		format := numberFormat{groups: groupMarks(number.Groups)}
		if number.Decimal != "" {
			format.decimal = number.Decimal[0]
		}
		r.numbers[column] = format
	}
	for column, date := range kept.Dates {
		r.dates[column] = dateFormat{mode: dateMode(date.Mode), order: dateOrder(date.Order), layout: date.Layout}
	}
	return nil
}
