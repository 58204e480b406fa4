package mapping

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"ableimport/mapping/cell"
	"ableimport/mapping/date"
	"ableimport/mapping/number"
)

// program is an expression bound to the columns of a file.
type program struct {
	mapper               *Mapper
	in                   *frame
	slots                []int
	uses                 []columnUse
	numbers              []number.Format // by column, as slots
	date                 []date.Format
	dates                date.Context
	openNumber, openDate []bool // the mapping does not say the format
	machine              vm.VM
	code                 *vm.Program
	texts                []cachedText
}

// cachedText keeps the last text of a column as the value that the
// interpreter takes: a status rarely changes from row to row.
type cachedText struct {
	text  string
	boxed any
}

// program binds an expression; nil stays nil.
func (b *binder) program(e *expression, in *frame) *program {
	if e == nil {
		return nil
	}

	c := b.mapper.config
	p := &program{mapper: b.mapper, in: in, texts: make([]cachedText, len(e.columns))}
	for _, column := range e.columns {
		at := b.column(column, !column.optional)
		p.slots = append(p.slots, in.slot(at))
		p.bindFormats(c, column)
	}

	p.uses = e.uses
	// both are of one day
	p.dates = date.Context{Zone: c.formats.zone, TimeOfDay: c.formats.timeOfDay,
		Repeated: date.Earlier}
	p.machine.MemoryBudget = limitMemory

	code, err := e.compile(p, &columnFinder{text: []rune(e.text)})
	if err != nil {
		at, message := e.explain(err)
		b.problems = append(b.problems, c.errorf(at, "%s", message))
	}

	p.code = code
	return p
}

// bindFormats gives a column its formats.
func (p *program) bindFormats(c *Config, column name) {
	num, day := c.formatsOf(column)
	p.openNumber, p.openDate = append(p.openNumber, num == nil), append(p.openDate, day == nil)
	p.numbers, p.date = append(p.numbers, number.Format{}), append(p.date, date.Format{})
	last := len(p.numbers) - 1
	if num != nil {
		p.numbers[last] = *num
	}
	if day != nil {
		p.date[last] = *day
	}
}

// formatsOf are the formats that the mapping says for a column of an expression: the formats of a
// field that reads it, or of the whole file.
func (c *Config) formatsOf(column name) (*number.Format, *date.Format) {
	num, day := c.formats.number, c.formats.date
	for _, s := range c.allSpecs() {
		for _, read := range slices.Concat(s.columns, s.netOf, s.refunded,
			[]name{s.credit, s.debit}) {
			if read.text == column.text {
				num, day = cmp.Or(s.number, num), cmp.Or(s.date, day)
			}
		}
	}
	return num, day
}

// run computes the expression for the values that its frame holds.
func (p *program) run() (any, error) {
	result, err := p.machine.Run(p.code, noNames)
	if err != nil {
		return nil, fmt.Errorf("%s", runMessage(err))
	}
	return result, nil
}

// noNames is the environment of every expression: it only has functions.
var noNames = map[string]any{}

func runMessage(err error) string {
	message := cell.FirstLine(err.Error())
	if at := strings.LastIndex(message, " ("); at > 0 && strings.HasSuffix(message, ")") {
		message = message[:at]
	}
	return typeWords.Replace(message)
}

// holds computes a condition.
func (p *program) holds() (bool, error) {
	result, err := p.run()
	if err != nil {
		return false, err
	}
	return result == true, nil
}

// functions are the ones that read columns.
func (p *program) functions() []expr.Option {
	return []expr.Option{
		expr.Function("col", p.col, new(func(string) string), new(func(int) string),
			new(func(int, string) string)),
		expr.Function("num", p.num, new(func(string) exact), new(func(int) exact),
			new(func(int, exact) exact)),
		expr.Function("day", p.day, new(func(string) string), new(func(int) string),
			new(func(int, string) string)),
	}
}

// cell returns the value of the column that a call names by its number; nil if the file lacks the
// column, and the call has a default for it.
func (p *program) cell(argument any) (*cell.Cell, int, error) {
	number, ok := argument.(int)
	if !ok || number < 0 || number >= len(p.slots) {
		return nil, 0, fmt.Errorf("the name of a column is needed")
	}
	if p.slots[number] == cell.None {
		return nil, number, nil
	}

	c := &p.in.cells[p.slots[number]]
	if c.Kind == cell.Error || c.Kind == cell.NoValue {
		return nil, 0, fmt.Errorf("%s: %w", p.mapper.columnOf(p.in, p.slots[number]), noValue(c))
	}

	return c, number, nil
}

// col is the text of a column, "" if it is empty.
func (p *program) col(arguments ...any) (any, error) {
	c, number, err := p.cell(arguments[0])
	if err != nil {
		return nil, err
	}
	if c == nil {
		return arguments[1], nil
	}

	cached := &p.texts[number]
	if cached.boxed == nil || cached.text != string(c.Text) {
		cached.text = string(c.Text)
		cached.boxed = cached.text
	}

	return cached.boxed, nil
}

// num is the number in a column; an empty cell counts as 0, as in a sum. The
// error does not repeat the value: the column may hold anything.
func (p *program) num(arguments ...any) (any, error) {
	c, number, err := p.cell(arguments[0])
	if err != nil {
		return nil, err
	}
	if c == nil {
		return toExact(arguments[1]), nil
	}
	if c.Empty() {
		return toExact(0), nil
	}

	value, err := p.numbers[number].Read(c.Text, c.Kind)
	if err != nil {
		return nil, fmt.Errorf("%q does not hold a number here",
			p.mapper.columnOf(p.in, p.slots[number]))
	}

	return exact{value.APD()}, nil
}

// day is the day of a column's date as 2026-11-05, which compares as text.
func (p *program) day(arguments ...any) (any, error) {
	c, number, err := p.cell(arguments[0])
	if err != nil {
		return nil, err
	}
	if c == nil {
		return arguments[1], nil
	}
	if c.Empty() {
		return "", nil
	}

	context := p.dates
	if !context.TimeOfDay.Set {
		context.TimeOfDay = date.Clock{Set: true, Hour: 12}
	}

	at, err := p.date[number].Read(c.Text, c.Kind, context)
	if err != nil {
		return nil, fmt.Errorf("%q does not hold a date here",
			p.mapper.columnOf(p.in, p.slots[number]))
	}

	if context.Zone.Location != nil {
		at = at.In(context.Zone.Location)
	}
	return at.Format("2006-01-02"), nil
}
