package jobfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"
)

// An answerScope is what an accept_when expression sees of the answer to one event.
type answerScope struct {
	Answer any    `expr:"answer"` // its JSON; nil: it is none
	Text   string `expr:"text"`   // all of it
}

// answerNodes bounds an expression; people write a dozen parts.
const answerNodes = 200

var errNotCompiled = errors.New(`not an expression such as answer.status == "ok"`)

// compile makes a judge of an expression such as answer.status == "ok" or text contains "accepted".
// What cannot be judged (no JSON where the expression wants some, or a result that is neither true
// nor false) is an error, never a no.
func compile(condition string) (func(answer []byte) (bool, error), error) {
	program, err := expr.Compile(condition, expr.Env(answerScope{}), expr.MaxNodes(answerNodes))
	if err != nil {
		line, _, _ := strings.Cut(err.Error(), "\n")
		return nil, fmt.Errorf(`%s; it can use answer (the JSON) and text, as in answer.status == "ok"`,
			line)
	}
	return func(answer []byte) (bool, error) { return judge(program, answer) }, nil
}

func judge(program *vm.Program, answer []byte) (bool, error) {
	scope := answerScope{Text: string(answer)}
	notJSON := json.Unmarshal(answer, &scope.Answer)
	result, err := expr.Run(program, scope)
	if err != nil && notJSON != nil {
		return false, errors.New("it is not JSON")
	}
	if err != nil {
		return false, errors.New("it lacks the value that accept_when uses")
	}

	accepted, isBool := result.(bool)
	if !isBool {
		return false, errors.New("the result of accept_when is neither true nor false")
	}

	return accepted, nil
}
