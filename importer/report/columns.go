package report

import (
	"strings"

	"github.com/rivo/uniseg"
)

// columns is a table for people: cells in columns, aligned by their width on the screen. Numbers
// are aligned right, words left.
type columns struct {
	indent string
	right  []bool // of each column; columns beyond are words
	rows   [][]string
}

func (c *columns) add(cells ...string) { c.rows = append(c.rows, cells) }

// Table puts rows into columns as people read them: numbers aligned right, words left.
func Table(rows [][]string) string {
	var out strings.Builder
	table := columns{indent: "  "}
	for _, row := range rows {
		for i, cell := range row {
			if i == len(table.right) {
				table.right = append(table.right, false)
			}
			table.right[i] = table.right[i] || numeric(cell)
		}
		table.add(row...)
	}
	table.write(&out)
	return out.String()
}

// numeric reports whether a cell is only a number as [Amount] writes it.
func numeric(cell string) bool {
	return cell != "" && strings.Trim(cell, "+-0123456789.,") == ""
}

// gap is between two columns.
const gap = "   "

// write appends the table, a line for each row, without blanks at the ends.
func (c *columns) write(out *strings.Builder) {
	widths := c.widths()

	for _, row := range c.rows {
		var line strings.Builder
		line.WriteString(c.indent)
		for i, cell := range row {
			if i > 0 {
				line.WriteString(gap)
			}
			padding := strings.Repeat(" ", max(0, widths[i]-width(cell)))
			if c.isRight(i) {
				line.WriteString(padding + cell)
			} else {
				line.WriteString(cell + padding)
			}
		}

		out.WriteString(strings.TrimRight(line.String(), " "))
		out.WriteByte('\n')
	}
}

func (c *columns) isRight(column int) bool { return column < len(c.right) && c.right[column] }

// widths returns the width of each column. The last cell of a row that is words does not count:
// nothing comes after it.
func (c *columns) widths() []int {
	var widths []int
	for _, row := range c.rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			if i < len(row)-1 || c.isRight(i) {
				widths[i] = max(widths[i], width(cell))
			}
		}
	}
	return widths
}

// width returns how many cells of a screen a text takes. Colours take none.
func width(s string) int {
	if plain(s) {
		return len(s)
	}
	return uniseg.StringWidth(uncoloured(s))
}
