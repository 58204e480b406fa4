package document

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// SortedKeys are the names of a map in their order.
func SortedKeys[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Reader reads the nodes of a document. It collects the mistakes and goes on, so that one look at
// the file shows them all.
type Reader struct {
	Document *Document
	Getenv   func(string) string
	Problems []error
	hidden   []string // values of variables, and what is shown for each
	// Belongs says where a key belongs that is not known here; nil or "": nowhere.
	Belongs func(key, what string) string
	// Setting gives the value of ${name}, which is not an environment variable; nil: there are
	// none.
	Setting func(name string) (value string, declared, set bool)
}

// Keys says which keys an object may have and who reads the value of each.
type Keys map[string]func(*Node)

// Problem notes a mistake at a place.
func (r *Reader) Problem(at Place, format string, values ...any) {
	message := fmt.Sprintf(format, values...)
	if len(r.hidden) > 0 { // values of variables are not ours to show
		message = strings.NewReplacer(r.hidden...).Replace(message)
	}
	r.Problems = append(r.Problems, r.Document.ErrorAt(at, "%s", message))
}

// Object passes the values of an object to the readers of their keys.
func (r *Reader) Object(n *Node, what string, allowed Keys) {
	if n.Kind != Object {
		r.Problem(n.Place, "%s: expected names with values here, one per line (name: value)",
			what)
		return
	}

	for _, e := range n.Entries {
		read, known := allowed[e.Key.Text]
		switch {
		case !known:
			r.unknownKey(e.Key, what, SortedKeys(allowed))
		case e.Value.Kind == Null:
			r.Problem(e.Key.Place, "%q has no value; indent what belongs to it by two more "+
				"spaces, or remove the line", e.Key.Text)
		case r.unset(e.Value): // as if its line were not there
		default:
			read(e.Value)
		}
	}
}

// unset reports whether a value is only a setting that nobody has given.
func (r *Reader) unset(n *Node) bool {
	name, found := strings.CutPrefix(n.Text, "${")
	if !found || r.Setting == nil || !strings.HasSuffix(name, "}") {
		return false
	}
	_, declared, set := r.Setting(strings.TrimSuffix(name, "}"))
	return declared && !set
}

// hintsMost bounds how many unknown keys are reported: looking for the nearest name takes time.
const hintsMost = 100

func (r *Reader) unknownKey(key *Node, what string, allowed []string) {
	if len(r.Problems) >= hintsMost { // as many as anybody reads; the file is refused anyway
		return
	}

	if r.Belongs != nil {
		if where := r.Belongs(key.Text, what); where != "" {
			r.Problem(key.Place, "%q does not belong here (%s): %s", key.Text, what, where)
			return
		}
	}

	hint := NearestHint(key.Text, allowed)
	if hint == "" {
		hint = "; known here: " + strings.Join(allowed, ", ")
	}

	r.Problem(key.Place, "unknown key %q (%s)%s", key.Text, what, hint)
}

// Text reads a scalar and fills in ${ABLE_...} variables.
func (r *Reader) Text(n *Node, what string) string {
	if n.Kind != Scalar {
		r.Problem(n.Place, "%s: expected a single value here", what)
		return ""
	}
	return r.expand(n)
}

func (r *Reader) expand(n *Node) string {
	var b strings.Builder
	rest := n.Text
	for {
		before, after, found := strings.Cut(rest, "${")
		b.WriteString(before)
		if !found {
			return b.String()
		}

		variable, tail, closed := strings.Cut(after, "}")
		value, declared, set := "", false, false
		if r.Setting != nil {
			value, declared, set = r.Setting(variable)
		}

		switch {
		case set:
			b.WriteString(value)
		case declared:
			r.Problem(n.Place, "the setting %s has no value here; give it a default, or let ${%s} "+
				"be the whole value of a key", variable, variable)
		case !closed:
			r.Problem(n.Place, "\"${\" has no closing \"}\"")
			return b.String()
		case !strings.HasPrefix(variable, "ABLE_"):
			r.Problem(n.Place, "${%s}: a %s reads variables that begin with ABLE_ only, so that "+
				"a shared one cannot carry data off", variable, r.Document.kind)
		case variable == "ABLE_FUNNEL_MARK":
			r.Problem(n.Place, "${ABLE_FUNNEL_MARK} belongs at funnel_mark: only; it must not "+
				"become part of the data")
		default:
			b.WriteString(r.variable(n, variable))
		}

		rest = tail
	}
}

// notForMappings are variables that a mapping does not read although they begin with ABLE_: marks,
// tokens and addresses. A mapping that is passed on could leak them in events.
var notForMappings = regexp.MustCompile(
	`MARK|TOKEN|SECRET|KEY|PASS|AUTH|COOKIE|CREDENTIAL|SIGNATURE|` +
		`ENDPOINT|NOTIF|NOTICE|HOOK|URL|ADDRESS|PROXY`)

// looksLikeMark finds a funnel mark under any name.
var looksLikeMark = regexp.MustCompile(
	`(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

func (r *Reader) variable(n *Node, variable string) string {
	isMapping := r.Document.kind == mappingKind
	if isMapping && notForMappings.MatchString(strings.ToUpper(variable)) {
		r.Problem(n.Place, "${%s}: a mapping reads no marks, tokens or addresses, so "+
			"that a shared one cannot carry them off; if it is none of these, rename the variable",
			variable)
		return ""
	}

	value := ""
	if r.Getenv != nil {
		value = r.Getenv(variable)
	}

	switch {
	case value == "":
		r.Problem(n.Place, "the environment variable %s is not set; set it or write the value here",
			variable)
	case isMapping && (looksLikeMark.MatchString(value) || value == r.Getenv("ABLE_FUNNEL_MARK")):
		r.Problem(n.Place, "${%s} looks like a funnel mark, which must not become part of the data",
			variable)
		return ""
	}

	if len(value) > 2 {
		r.hidden = append(r.hidden, value, "${"+variable+"}")
	}
	return value
}

// Texts reads one scalar or a list of them.
func (r *Reader) Texts(n *Node, what string) []string {
	if n.Kind != List {
		return []string{r.Text(n, what)}
	}
	var all []string
	for _, each := range n.List {
		all = append(all, r.Text(each, what))
	}
	return all
}

// Flag reads true or false.
func (r *Reader) Flag(n *Node, what string) bool {
	switch text := r.Text(n, what); text {
	case "true", "True", "TRUE", "yes":
		return true
	case "false", "False", "FALSE", "no":
		return false
	default:
		if n.Kind == Scalar {
			r.Problem(n.Place, "%s is true or false, not %q", what, n.Text)
		}
		return false
	}
}

// Count reads a whole number from low on.
func (r *Reader) Count(n *Node, what string, low int) int {
	text := r.Text(n, what)
	number := 0
	if _, err := fmt.Sscanf(text, "%d", &number); err != nil || fmt.Sprint(number) != text ||
		number < low {
		if n.Kind == Scalar {
			r.Problem(n.Place, "%s is a whole number from %d on, not %q", what, low, n.Text)
		}
	}
	return number
}
