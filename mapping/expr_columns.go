package mapping

import (
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/cockroachdb/apd/v3"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
)

// columnFinder collects the columns that an expression reads, replaces their
// names by their numbers, and makes numbers exact.
type columnFinder struct {
	text     []rune // of the expression
	columns  []name
	uses     []columnUse
	compared [][]comparedText // of each column, the texts that it is compared with unchanged
	err      error
}

var exactType = reflect.TypeFor[exact]()

// Visit is called for every part of an expression, the inner ones first.
func (f *columnFinder) Visit(n *ast.Node) {
	switch part := (*n).(type) {
	case *ast.CallNode:
		f.call(part)
	case *ast.BuiltinNode:
		place := map[string]textPlace{"hasPrefix": startOfText, "hasSuffix": endOfText}[part.Name]
		if place != wholeText && len(part.Arguments) == 2 {
			f.compares(part.Arguments[0], part.Arguments[1], place)
		}
	case *ast.FloatNode:
		f.decimal(n, part)
	case *ast.UnaryNode:
		if part.Operator == "-" && part.Node.Type() == exactType {
			patchExact(n, &ast.CallNode{Callee: &ast.IdentifierNode{Value: "negative"},
				Arguments: []ast.Node{part.Node}})
		}
	case *ast.BinaryNode:
		f.binary(part)
	case *ast.VariableDeclaratorNode: // doubling a text again and again would have no bounds
		f.fail(part, "an expression has no variables; write the value where it is used")
	}
}

// decimal makes a number with decimals exact, as it is written: the library has read it as a float.
func (f *columnFinder) decimal(n *ast.Node, part *ast.FloatNode) {
	at := part.Location()
	written := strings.ReplaceAll(string(f.text[at.From:at.To]), "_", "")
	d, _, err := apd.NewFromString(written)
	if err != nil || d.Exponent < arithmetic.MinExponent ||
		int64(d.Exponent)+d.NumDigits() > int64(arithmetic.MaxExponent) {
		f.fail(part, "the number "+written+" cannot be used here: write it with fewer digits")
		d = new(apd.Decimal)
	}

	// zeros at the end say nothing: 1.50 is 1.5, and 1.5e3 is 1500
	if d.Reduce(d); d.Exponent > 0 {
		_, _ = rounding.Quantize(d, d, 0)
	}
	patchExact(n, &ast.ConstantNode{Value: exact{d}})
}

// patchExact replaces a part with a number. Its type is set at once: the compiler does not look
// again into the arguments of a call.
func patchExact(n *ast.Node, number ast.Node) {
	ast.Patch(n, number)
	(*n).SetType(exactType)
}

// binary makes whole numbers exact in calculations: the machine's own would overflow silently.
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
	case "==", "!=", "in", "not in":
		f.compares(part.Left, part.Right, wholeText)
		f.compares(part.Right, part.Left, wholeText)
	case "contains":
		f.compares(part.Left, part.Right, partOfText)
	case "startsWith":
		f.compares(part.Left, part.Right, startOfText)
	case "endsWith":
		f.compares(part.Left, part.Right, endOfText)
	case "matches":
		f.matches(part)
	}

	switch part.Operator {
	case "**", "^":
		f.fail(part, "powers are not exact; multiply instead")
	case "..":
		f.fail(part, "lists of numbers cannot be used here")
	}
}

// matches notes the texts that a pattern looks for, if it consists of texts: ^Paid$, ^(Paid|Done)$.
func (f *columnFinder) matches(part *ast.BinaryNode) {
	pattern, ok := part.Right.(*ast.StringNode)
	if !ok {
		return
	}

	text, begins := strings.CutPrefix(pattern.Value, "^")
	text, ends := strings.CutSuffix(text, "$")
	inner, opened := strings.CutPrefix(text, "(")
	inner, closed := strings.CutSuffix(inner, ")")
	if opened && closed {
		text = inner
	}

	texts := strings.Split(text, "|")
	if len(texts) > 1 && (begins || ends) && !(opened && closed) {
		return // ^ holds for the first, and $ for the last
	}
	place := map[[2]bool]textPlace{{true, true}: wholeText, {true, false}: startOfText,
		{false, true}: endOfText, {false, false}: partOfText}[[2]bool{begins, ends}]
	for _, text := range texts {
		if regexp.QuoteMeta(text) == text {
			f.compares(part.Left, &ast.StringNode{Value: text}, place)
		}
	}
}

// compares notes the texts of one side if the other is a column's own text.
func (f *columnFinder) compares(side, with ast.Node, place textPlace) {
	call, ok := side.(*ast.CallNode)
	if !ok || len(call.Arguments) == 0 {
		return
	}

	callee, isName := call.Callee.(*ast.IdentifierNode)
	column, isNumber := call.Arguments[0].(*ast.IntegerNode)
	if !isName || callee.Value != "col" || !isNumber {
		return
	}

	texts := []ast.Node{with}
	if list, ok := with.(*ast.ArrayNode); ok {
		texts = list.Nodes
	}

	for _, text := range texts {
		text, ok := text.(*ast.StringNode)
		if !ok || text.Value == "" {
			continue
		}
		one := comparedText{text.Value, place}
		if known := &f.compared[column.Value]; !slices.Contains(*known, one) {
			*known = append(*known, one)
		}
	}
}

// call finds the column of col("Name"), num and day. A second argument is the
// value for files that lack the column.
func (f *columnFinder) call(part *ast.CallNode) {
	callee, ok := part.Callee.(*ast.IdentifierNode)
	if !ok || callee.Value != "col" && callee.Value != "num" && callee.Value != "day" ||
		len(part.Arguments) == 0 {
		return
	}

	switch argument := part.Arguments[0].(type) {
	case *ast.StringNode:
		if NormalName(argument.Value) == "" {
			f.fail(part, callee.Value+" needs the name of a column; one without a heading is "+
				"called \"column A\" by its letter")
		}
		number := f.number(NormalName(argument.Value), len(part.Arguments) > 1)
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

// withDefault checks the value for files without the column, and tells the compiler which form of
// the function is called: it could not find this out for numbers that were made exact after its
// first look.
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
		f.fail(part, "the value for files without the column is "+map[bool]string{true: "a number",
			false: "text in double quotes"}[callee.Value == "num"])
	}
}

// number gives each column a number. A column that is read without a default anywhere must be in
// the file.
func (f *columnFinder) number(column string, optional bool) int {
	for i := range f.columns {
		if f.columns[i].text == column {
			f.columns[i].optional = f.columns[i].optional && optional
			return i
		}
	}
	f.columns = append(f.columns, name{text: column, optional: optional})
	f.uses, f.compared = append(f.uses, columnUse{}), append(f.compared, nil)
	return len(f.columns) - 1
}

func (f *columnFinder) fail(part ast.Node, message string) {
	if f.err == nil {
		f.err = &file.Error{Line: 1, Column: part.Location().From, Message: message}
	}
}
