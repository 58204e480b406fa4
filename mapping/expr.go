package mapping

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/cockroachdb/apd/v3"
	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"ableimport/mapping/cell"
	"ableimport/mapping/document"
)

// Bounds of an expression: nothing that a person writes comes near them, and what runs once for
// every row cannot become slow.
const (
	limitExpression = 2000 // characters
	limitNodes      = 300
	limitMemory     = 10000 // of the interpreter's own measure
)

// expression is an expression of the mapping, compiled once to find mistakes; every mapper compiles
// its own, bound to its columns.
type expression struct {
	document.Place
	node      *document.Node
	text      string
	condition bool
	columns   []name
	uses      []columnUse      // of each column
	compared  [][]comparedText // likewise: the texts with which it is compared
}

// columnUse says how an expression reads a column.
type columnUse struct{ number, date bool }

// expression reads a condition, or an expression that gives a value.
func (r *reader) expression(n *document.Node, what string, condition bool) *expression {
	e := &expression{Place: n.Place, node: n, text: r.Text(n, what), condition: condition}
	if n.Kind != document.Scalar {
		return e
	}
	if len(e.text) > limitExpression {
		r.Problem(n.Place, "%s: an expression has at most %d characters", what, limitExpression)
		return e
	}

	finder := &columnFinder{text: []rune(e.text)}
	if _, err := e.compile(new(program), finder); err != nil {
		at, message := e.explain(err)
		r.Problem(at, "%s: %s", what, message)
	}
	for _, column := range finder.columns {
		column.Place = e.placeOfText(column.text)
		e.columns = append(e.columns, column)
	}

	e.uses, e.compared = finder.uses, finder.compared
	return e
}

// placeOfText finds a column's name inside the expression.
func (e *expression) placeOfText(column string) document.Place {
	if at := strings.Index(e.node.Text, column); at >= 0 && !e.node.Block {
		return e.placeAt(1, len([]rune(e.node.Text[:at])))
	}
	return e.Place
}

// placeAt turns a place inside the expression into one of the file.
func (e *expression) placeAt(line, column int) document.Place {
	switch {
	case e.node.Block:
		return document.Place{Line: e.Line + line, Column: 1 + column}
	case line > 1:
		return e.Place
	case e.node.Plain:
		return document.Place{Line: e.Line, Column: e.Column + column}
	}
	return document.Place{Line: e.Line, Column: e.Column + 1 + column}
}

// explain puts the compiler's message into words.
func (e *expression) explain(err error) (document.Place, string) {
	at, message := e.Place, cell.FirstLine(err.Error())
	var compileError *file.Error
	if errors.As(err, &compileError) {
		at, message = e.placeAt(compileError.Line, compileError.Column), compileError.Message
	}

	switch {
	case strings.HasPrefix(message, "unknown name "):
		unknown := strings.TrimPrefix(message, "unknown name ")
		return at, fmt.Sprintf("unknown name %q; a column is written col(\"%s\"), text is in "+
			"double quotes", unknown, unknown)
	case strings.Contains(message, `unexpected token Operator("=")`):
		return at, "to compare, write == (two signs)"
	case strings.Contains(message, "unexpected token EOF"):
		return at, "the expression ends too early; a bracket, a quote or a value is missing"
	case strings.Contains(message, "mismatched types"),
		strings.Contains(message, "invalid operation"):
		message = typeWords.Replace(message)
		return at, message + "; text is col(\"Name\"), a number is num(\"Name\")"
	}

	return at, typeWords.Replace(message)
}

// typeWords are the names that people have for the types of an expression.
var typeWords = strings.NewReplacer(
	"mapping.exact", "number", "float64", "number", "int", "number", "string", "text", "bool",
	"true or false", "[]interface {}", "list",
)

// compile compiles the expression for a program, which answers its col, num and day calls.
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
			return nil, fmt.Errorf("the expression gives a %v; it has to give text or a number",
				result)
		}
	}

	return code, rest.err
}

// leftover finds operators that were not made exact, and anything else that should have been: the
// compiler does not check those inside a call for us.
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
	case operators[part.Operator] != nil,
		comparisons[part.Operator] != nil && (left == exactType || right == exactType):
		message := fmt.Sprintf("invalid operation: %s (mismatched types %v and %v)",
			part.Operator, left, right)
		l.err = &file.Error{Line: 1, Column: part.Location().From, Message: message}
	}
}

func isText(t reflect.Type) bool { return t != nil && t.Kind() == reflect.String }

// allowedBuiltins work on text and on short lists. The others are off: they
// compute with floats, read the clock or can be made to run for long.
var allowedBuiltins = []string{
	"len", "trim", "trimPrefix", "trimSuffix", "upper", "lower", "indexOf", "lastIndexOf",
	"hasPrefix", "hasSuffix", "first", "last",
}

// operatorNames are the names of the functions behind the operators.
var operatorNames = map[string]string{
	"+": "add", "-": "subtract", "*": "multiply", "/": "quotient", "%": "remainder", "==": "equal",
	"!=": "unequal", "<": "less", "<=": "less_or_equal", ">": "more", ">=": "more_or_equal",
}

// exactFunctions are the operators and functions on numbers.
func exactFunctions() []expr.Option {
	var options []expr.Option
	for _, operator := range document.SortedKeys(operators) {
		options = append(options, operatorOption(operator, operators[operator])...)
	}
	for _, operator := range document.SortedKeys(comparisons) {
		options = append(options, comparisonOption(operator, comparisons[operator])...)
	}

	return append(options,
		expr.Function("negative", func(p ...any) (any, error) {
			return exact{new(apd.Decimal).Neg(toExact(p[0]).value)}, nil
		}, new(func(exact) exact)),
		expr.Function("abs", func(p ...any) (any, error) {
			return exact{new(apd.Decimal).Abs(toExact(p[0]).value)}, nil
		}, new(func(exact) exact)),
		expr.Function("round", func(p ...any) (any, error) {
			return roundExact(toExact(p[0]), p[1].(int))
		}, new(func(exact, int) exact)),
		expr.Function("divide", func(p ...any) (any, error) {
			return divideExact(toExact(p[0]), toExact(p[1]), p[2].(int))
		}, new(func(exact, exact, int) exact), new(func(exact, int, int) exact)),
		expr.Function("number", func(p ...any) (any, error) {
			return exactText(strings.TrimSpace(p[0].(string)))
		}, new(func(string) exact)),
		expr.Function("text", func(p ...any) (any, error) {
			return toExact(p[0]).value.Text('f'), nil
		}, new(func(exact) string), new(func(int) string)),
		expr.Function("min", func(p ...any) (any, error) { return choose(p, -1), nil },
			new(func(exact, exact) exact)),
		expr.Function("max", func(p ...any) (any, error) { return choose(p, 1), nil },
			new(func(exact, exact) exact)))
}

func choose(values []any, order int) exact {
	a, b := toExact(values[0]), toExact(values[1])
	if a.value.Cmp(b.value) == order {
		return a
	}
	return b
}

func operatorOption(operator string, compute operation) []expr.Option {
	function := func(p ...any) (any, error) {
		result := new(apd.Decimal)
		if _, err := compute(result, toExact(p[0]).value, toExact(p[1]).value); err != nil {
			if strings.Contains(err.Error(), "inexact") ||
				strings.Contains(err.Error(), "rounded") {
				err = errors.New("the result has too many digits")
			}
			return nil, err
		}
		return exact{result}, nil
	}

	name := operatorNames[operator]
	return []expr.Option{
		expr.Function(name, function, new(func(exact, exact) exact), new(func(exact, int) exact),
			new(func(int, exact) exact)),
		expr.Operator(operator, name),
	}
}

func comparisonOption(operator string, holds func(int) bool) []expr.Option {
	function := func(p ...any) (any, error) {
		return holds(toExact(p[0]).value.Cmp(toExact(p[1]).value)), nil
	}
	name := operatorNames[operator]
	return []expr.Option{
		expr.Function(name, function, new(func(exact, exact) bool), new(func(exact, int) bool),
			new(func(int, exact) bool)),
		expr.Operator(operator, name),
	}
}

// limitText bounds the text that an expression makes, and limitParts the list that split gives:
// replace and join could multiply them without end.
const (
	limitText  = 100_000
	limitParts = 1000
)

// textFunctions are the functions on text that an expression has besides the language's own.
func textFunctions() []expr.Option {
	type twoTexts = func(string, string) string
	return []expr.Option{
		expr.Function("before", func(p ...any) (any, error) {
			head, _, _ := strings.Cut(p[0].(string), p[1].(string))
			return head, nil
		}, new(twoTexts)),
		expr.Function("after", func(p ...any) (any, error) {
			_, tail, _ := strings.Cut(p[0].(string), p[1].(string))
			return tail, nil
		}, new(twoTexts)),
		expr.Function("like", func(p ...any) (any, error) {
			return like(p[0].(string), p[1].(string)), nil
		}, new(func(string, string) bool)),
		expr.Function("replace", replaceText, new(func(string, string, string) string)),
		expr.Function("split", splitText, new(func(string, string) []string)),
		expr.Function("join", joinTexts, new(func([]string, string) string)),
	}
}

// like reports whether a number is in a list such as 8400,83xx, in which x is any digit.
func like(text, list string) bool {
	for one := range strings.SplitSeq(list, ",") {
		one = strings.TrimSpace(one)
		fits := len(text) == len(one)
		for i := 0; fits && i < len(one); i++ {
			fits = one[i] == text[i] || one[i] == 'x' && '0' <= text[i] && text[i] <= '9'
		}
		if fits {
			return true
		}
	}
	return false
}

func replaceText(p ...any) (any, error) {
	text, old, with := p[0].(string), p[1].(string), p[2].(string)
	if old == "" {
		return text, nil
	}
	return bounded(len(text)+strings.Count(text, old)*len(with),
		func() string { return strings.ReplaceAll(text, old, with) })
}

func splitText(p ...any) (any, error) {
	text, mark := p[0].(string), p[1].(string)
	if mark == "" {
		return []string{text}, nil
	}
	if strings.Count(text, mark) >= limitParts {
		return nil, fmt.Errorf("the text has more than %d parts", limitParts)
	}
	return strings.Split(text, mark), nil
}

func joinTexts(p ...any) (any, error) {
	parts, mark := p[0].([]string), p[1].(string)
	length := len(parts) * len(mark)
	for _, part := range parts {
		length += len(part)
	}
	return bounded(length, func() string { return strings.Join(parts, mark) })
}

func bounded(length int, text func() string) (any, error) {
	if length > limitText {
		return nil, fmt.Errorf("the text becomes longer than %d bytes", limitText)
	}
	return text(), nil
}
