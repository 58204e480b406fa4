package mapping

import _ "embed"

// Reference explains every key of a mapping file, in Markdown: able-import help mapping.
//
//go:embed README.md
var Reference string
