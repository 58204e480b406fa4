package main

import (
	"bytes"
	"fmt"
	"math"
	"slices"
)

type point struct{ x, y float64 }

type line struct {
	name   string
	points []point
}

// A chart shows lines over logarithmic axes; a flat one has a linear y axis from 0.
type chart struct {
	title, across string
	lines         []line
	flat          bool
}

const (
	chartWidth, chartHeight = 300.0, 220.0
	margin                  = 48.0
)

var colours = []string{"#1f5fa8", "#b3541e", "#3b7d3b"}

// across is how many charts are side by side.
const across = 2

// drawing puts charts into one SVG.
func drawing(charts ...chart) []byte {
	var out bytes.Buffer
	const width, height = chartWidth + 2*margin, chartHeight + 2*margin
	fmt.Fprintf(&out,
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" font-family="sans-serif" font-size="11">`+
			"\n",
		across*width, float64((len(charts)+across-1)/across)*height)
	fmt.Fprintf(&out, `<rect width="100%%" height="100%%" fill="#fff"/>`+"\n")

	for i, c := range charts {
		fmt.Fprintf(&out, `<g transform="translate(%.0f %.0f)">`+"\n",
			float64(i%across)*width+margin, float64(i/across)*height+margin)
		c.draw(&out)
		out.WriteString("</g>\n")
	}

	out.WriteString("</svg>\n")
	return out.Bytes()
}

func (c chart) draw(out *bytes.Buffer) {
	left, right := c.span(func(p point) float64 { return p.x })
	bottom, top := c.span(func(p point) float64 { return p.y })
	if c.flat {
		bottom, top = 0, top*1.2
	}

	x := func(v float64) float64 { return chartWidth * math.Log(v/left) / math.Log(right/left) }
	y := func(v float64) float64 {
		if c.flat {
			return chartHeight * (1 - v/top)
		}
		return chartHeight * (1 - math.Log(v/bottom)/math.Log(top/bottom))
	}

	fmt.Fprintf(out, `<text y="-16" font-size="13">%s</text>`+"\n", c.title)
	fmt.Fprintf(out, `<path d="M0 0V%.0fH%.0f" fill="none" stroke="#888"/>`+"\n",
		chartHeight, chartWidth)
	fmt.Fprintf(out, `<text x="%.0f" y="%.0f" text-anchor="end">%s</text>`+"\n", chartWidth,
		chartHeight+34, c.across)

	var written []point // where there are values
	for i, l := range c.lines {
		colour := colours[i%len(colours)]
		path := ""
		for j, p := range l.points {
			path += fmt.Sprintf("%c%.1f %.1f", "ML"[min(j, 1)], x(p.x), y(p.y))
			fmt.Fprintf(out, `<circle cx="%.1f" cy="%.1f" r="2.5" fill="%s"/>`+"\n", x(p.x),
				y(p.y), colour)
			if i == 0 {
				fmt.Fprintf(out, `<text x="%.1f" y="%.0f" text-anchor="middle">%s</text>`+"\n",
					x(p.x), chartHeight+16, short(p.x))
			}
		}

		fmt.Fprintf(out, `<path d="%s" fill="none" stroke="%s" stroke-width="1.5"/>`+"\n",
			path, colour)

		for _, p := range []point{l.points[0], l.points[len(l.points)-1]} {
			at := point{x(p.x), y(p.y) - 7}
			for slices.ContainsFunc(written,
				func(other point) bool { return other.x == at.x && math.Abs(other.y-at.y) < 12 }) {
				at.y += 4 // below the one before
			}
			written = append(written, at)
			fmt.Fprintf(out, `<text x="%.1f" y="%.1f" text-anchor="middle" fill="%s">%s</text>`+
				"\n", at.x, at.y, colour, short(p.y))
		}

		fmt.Fprintf(out, `<text x="%.0f" y="%.0f" text-anchor="end" fill="%s">%s</text>`+"\n",
			chartWidth-8, chartHeight+4-14*float64(len(c.lines)-i), colour, l.name)
	}
}

// span is the range of the values, widened where they are all the same.
func (c chart) span(of func(point) float64) (least, most float64) {
	least, most = math.Inf(1), math.Inf(-1)
	for _, l := range c.lines {
		for _, p := range l.points {
			least, most = min(least, of(p)), max(most, of(p))
		}
	}
	if least == most {
		return least / 2, most * 2
	}
	return least, most
}

// short writes a number for an axis: 0.05, 12, 100k, 10M.
func short(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%.3gM", v/1e6)
	case v >= 1e3:
		return fmt.Sprintf("%.3gk", v/1e3)
	}
	return fmt.Sprintf("%.3g", v)
}
