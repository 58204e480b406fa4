package mapping

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"
)

// Bounds of an expression: nothing a person writes comes near them, and what
// runs once for every row cannot become slow.
const (
	limitExpression = 2000 // characters
	limitNodes      = 300
	limitMemory     = 10000 // of the interpreter's own measure
)

// expression is an expression of the mapping, compiled once to find mistakes;
// every mapper compiles its own, bound to its columns.
type expression struct {
	place
	node      *node
	text      string
	condition bool
	columns   []name
	uses      []columnUse // of each column
}

// columnUse tells how an expression reads a column.
type columnUse struct{ number, date bool }

// expression reads a condition, or an expression that gives a value.
func (r *reader) expression(n *node, what string, condition bool) *expression {
	e := &expression{place: n.place, node: n, text: r.text(n, what), condition: condition}
	if n.kind != nodeScalar {
		return e
	}
	if len(e.text) > limitExpression {
		r.problem(n.place, "%s: an expression has at most %d characters", what, limitExpression)
		return e
	}
	finder := &columnFinder{}
	if _, err := e.compile(new(program), finder); err != nil {
		at, message := e.explain(err)
		r.problem(at, "%s: %s", what, message)
	}
	for _, column := range finder.columns {
		column.place = e.placeOfText(column.text)
		e.columns = append(e.columns, column)
	}
	e.uses = finder.uses
	return e
}

// placeOfText finds a column's name inside the expression.
func (e *expression) placeOfText(column string) place {
	if at := strings.Index(e.node.text, column); at >= 0 && !e.node.block {
		return e.placeAt(1, len([]rune(e.node.text[:at])))
	}
	return e.place
}

// placeAt turns a place inside the expression into one of the file.
func (e *expression) placeAt(line, column int) place {
	switch {
	case e.node.block:
		return place{line: e.line + line, column: 1 + column}
	case line > 1:
		return e.place
	case e.node.plain:
		return place{line: e.line, column: e.column + column}
	}
	return place{line: e.line, column: e.column + 1 + column}
}

// explain puts the compiler's message into words.
func (e *expression) explain(err error) (place, string) {
	at, message := e.place, firstLine(err.Error())
	var compileError *file.Error
	if errors.As(err, &compileError) {
		at, message = e.placeAt(compileError.Line, compileError.Column), compileError.Message
	}
	switch {
	case strings.HasPrefix(message, "unknown name "):
		unknown := strings.TrimPrefix(message, "unknown name ")
		return at, fmt.Sprintf("unknown name %q; a column is written col(\"%s\"), text stands in double quotes", unknown, unknown)
	case strings.Contains(message, `unexpected token Operator("=")`):
		return at, "to compare, write == (two signs)"
	case strings.Contains(message, "unexpected token EOF"):
		return at, "the expression ends too early; a bracket, a quote or a value is missing"
	case strings.Contains(message, "mismatched types"), strings.Contains(message, "invalid operation"):
		message = typeWords.Replace(message)
		return at, message + "; text is col(\"Name\"), a number is num(\"Name\")"
	}
	return at, typeWords.Replace(message)
}

// typeWords are the names that people have for the types of an expression.
var typeWords = strings.NewReplacer(
	"mapping.exact", "number", "float64", "number", "int", "number", "string", "text", "bool", "true or false", "[]interface {}", "list",
)

// compile compiles the expression for a program, which answers its col, num
// and day calls.
func (e *expression) compile(p *program, finder *columnFinder) (code *vm.Program, err error) {
	defer func() { // a mistake of the compiler must not end the run
		if r := recover(); r != nil {
			code, err = nil, fmt.Errorf("this expression cannot be compiled (%v)", r)
		}
	}()
	options := []expr.Option{
		expr.Env(map[string]any{}),
		expr.MaxNodes(limitNodes),
		expr.DisableAllBuiltins(),
		expr.Patch(finder),
	}
	for _, builtin := range allowedBuiltins {
		options = append(options, expr.EnableBuiltin(builtin))
	}
	options = append(options, p.functions()...)
	options = append(options, exactFunctions()...)
	options = append(options, textFunctions()...)
	if e.condition {
		options = append(options, expr.AsBool())
	}
	code, err = expr.Compile(e.text, options...)
	if finder.err != nil {
		return nil, finder.err
	}
	if err != nil {
		return nil, err
	}
	rest := &leftover{}
	root := code.Node()
	ast.Walk(&root, rest)
	if result := root.Type(); rest.err == nil && result != exactType && result != nil {
		switch result.Kind() {
		case reflect.String, reflect.Bool, reflect.Int:
		default:
			return nil, fmt.Errorf("the expression gives a %v; it has to give text or a number", result)
		}
	}
	return code, rest.err
}

// leftover finds operators that were not made exact, and what should have
// been one: the compiler does not check those inside a call for us.
type leftover struct{ err error }

// Visit is called for every part of a compiled expression.
func (l *leftover) Visit(n *ast.Node) {
	part, ok := (*n).(*ast.BinaryNode)
	if !ok || l.err != nil {
		return
	}
	left, right := part.Left.Type(), part.Right.Type()
	switch {
	case part.Operator == "+" && isText(left) && isText(right):
	case operators[part.Operator] != nil, comparisons[part.Operator] != nil && (left == exactType || right == exactType):
		l.err = &file.Error{Line: 1, Column: part.Location().From, Message: fmt.Sprintf("invalid operation: %s (mismatched types %v and %v)", part.Operator, left, right)}
	}
}

func isText(t reflect.Type) bool { return t != nil && t.Kind() == reflect.String }

// allowedBuiltins work on text and on short lists. The others are off: they
// compute with floats, read the clock or can be made to run for long.
var allowedBuiltins = []string{
	"len", "trim", "trimPrefix", "trimSuffix", "upper", "lower", "indexOf", "lastIndexOf", "hasPrefix", "hasSuffix", "first", "last",
}
