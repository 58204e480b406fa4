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
		return place{e.line + line, 1 + column}
	case line > 1:
		return e.place
	case e.node.plain:
		return place{e.line, e.column + column}
	}
	return place{e.line, e.column + 1 + column}
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
func (e *expression) compile(p *program, finder *columnFinder) (*vm.Program, error) {
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
	if e.condition {
		options = append(options, expr.AsBool())
	}
	code, err := expr.Compile(e.text, options...)
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
	"len", "trim", "trimPrefix", "trimSuffix", "upper", "lower", "replace", "split", "join", "indexOf", "lastIndexOf",
	"hasPrefix", "hasSuffix", "first", "last",
}

// columnFinder collects the columns that an expression reads, replaces their
// names by their numbers, and makes numbers exact.
type columnFinder struct {
	columns []name
	uses    []columnUse
	err     error
}

var exactType = reflect.TypeFor[exact]()

// Visit is called for every part of an expression, the inner ones first.
func (f *columnFinder) Visit(n *ast.Node) {
	switch part := (*n).(type) {
	case *ast.CallNode:
		f.call(part)
	case *ast.FloatNode:
		patchExact(n, &ast.ConstantNode{Value: exactFloat(part.Value)})
	case *ast.UnaryNode:
		if part.Operator == "-" && part.Node.Type() == exactType {
			patchExact(n, &ast.CallNode{Callee: &ast.IdentifierNode{Value: "negative"}, Arguments: []ast.Node{part.Node}})
		}
	case *ast.BinaryNode:
		f.binary(part)
	}
}

// patchExact puts a number in the place of a part. Its type is set at once:
// the compiler does not look again into the arguments of a call.
func patchExact(n *ast.Node, number ast.Node) {
	ast.Patch(n, number)
	(*n).SetType(exactType)
}

// binary makes whole numbers exact where they are computed with: the
// machine's own would overflow in silence.
func (f *columnFinder) binary(part *ast.BinaryNode) {
	if operators[part.Operator] != nil {
		for _, side := range []*ast.Node{&part.Left, &part.Right} {
			if whole, ok := (*side).(*ast.IntegerNode); ok {
				patchExact(side, &ast.ConstantNode{Value: toExact(whole.Value)})
			}
		}
	}
	if (part.Operator == "in" || part.Operator == "not in") && part.Left.Type() == exactType {
		f.fail(part, "in: compares text; compare numbers with == and or")
	}
	switch part.Operator {
	case "**", "^":
		f.fail(part, "powers are not exact; multiply instead")
	case "..":
		f.fail(part, "lists of numbers have no use here")
	}
}

// call finds the column of col("Name"), num and day. A second argument is the
// value for files that lack the column.
func (f *columnFinder) call(part *ast.CallNode) {
	callee, ok := part.Callee.(*ast.IdentifierNode)
	if !ok || callee.Value != "col" && callee.Value != "num" && callee.Value != "day" || len(part.Arguments) == 0 {
		return
	}
	switch argument := part.Arguments[0].(type) {
	case *ast.StringNode:
		if normalName(argument.Value) == "" {
			f.fail(part, callee.Value+" needs the name of a column; one without a heading is called \"column A\" by its letter")
		}
		number := f.number(normalName(argument.Value), len(part.Arguments) > 1)
		part.Arguments[0] = &ast.IntegerNode{Value: number}
		f.uses[number].number = f.uses[number].number || callee.Value == "num"
		f.uses[number].date = f.uses[number].date || callee.Value == "day"
		f.withDefault(part, callee)
	case *ast.IntegerNode:
		// the visitor's own work, seen again
	default:
		f.fail(part, callee.Value+" takes the name of a column in double quotes")
	}
}

// withDefault checks the value for files without the column, and tells the
// compiler which of the function's forms is called, which it would not find
// out for numbers that were made exact after its first look.
func (f *columnFinder) withDefault(part *ast.CallNode, callee *ast.IdentifierNode) {
	if len(part.Arguments) < 2 {
		return
	}
	standard := &part.Arguments[1]
	if whole, ok := (*standard).(*ast.IntegerNode); ok && callee.Value == "num" {
		patchExact(standard, &ast.ConstantNode{Value: toExact(whole.Value)})
	}
	_, isString := (*standard).(*ast.StringNode)
	switch {
	case len(part.Arguments) > 2:
		f.fail(part, callee.Value+" takes a column and, for files that lack it, a value")
	case callee.Value == "num" && (*standard).Type() == exactType:
		callee.SetType(reflect.TypeFor[func(int, exact) exact]())
		part.SetType(exactType)
	case callee.Value != "num" && isString:
		callee.SetType(reflect.TypeFor[func(int, string) string]())
		part.SetType(reflect.TypeFor[string]())
	default:
		f.fail(part, "the value for files without the column is "+map[bool]string{true: "a number", false: "text in double quotes"}[callee.Value == "num"])
	}
}

// number gives each column a number. One that is read without a default
// anywhere has to be in the file.
func (f *columnFinder) number(column string, optional bool) int {
	for i := range f.columns {
		if f.columns[i].text == column {
			f.columns[i].optional = f.columns[i].optional && optional
			return i
		}
	}
	f.columns = append(f.columns, name{text: column, optional: optional})
	f.uses = append(f.uses, columnUse{})
	return len(f.columns) - 1
}

func (f *columnFinder) fail(part ast.Node, message string) {
	if f.err == nil {
		f.err = &file.Error{Line: 1, Column: part.Location().From, Message: message}
	}
}
