package mapping

import (
	"fmt"
	"regexp"
	"strings"
)

// equality is the commonest condition: col("Status") == "paid".
var equality = regexp.MustCompile(`^col\("([^"]+)"(?:, *"[^"]*")?\) *(==|!=) *"([^"]*)"$`)

// ReasonText puts the reason of a skip into words for people: where becomes
// `Status is not "paid"` when the mapping's condition is as simple as that.
func (c *Config) ReasonText(reason string) string {
	if reason != "where" || len(c.where) != 1 {
		return strings.ReplaceAll(reason, "_", " ")
	}
	parts := equality.FindStringSubmatch(strings.TrimSpace(c.where[0].text))
	if parts == nil {
		return "where"
	}
	return fmt.Sprintf("%s is %s%q", parts[1], map[string]string{"==": "not ", "!=": ""}[parts[2]], parts[3])
}
