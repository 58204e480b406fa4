# Reads "importer imported" lines of the module's own packages and prints each import that the table
# does not allow. allow(packages, imports): a package that imports nothing of ours has "" for imports.
BEGIN {
	allow("mapping/cell", "")
	allow("mapping/number mapping/date mapping/contact mapping/document", "mapping/cell")
	parts = "mapping/cell mapping/number mapping/date mapping/contact mapping/document"
	allow("mapping", parts)
	allow("mapping/draft", "mapping " parts)
	formats = "importer/table/biff importer/table/opendocument importer/table/spreadsheetml importer/table/webpage"
	allow("importer/table/grid importer/table/biff/bifftest", "")
	allow(formats, "importer/table/grid")
	allow("importer/table", "importer/own importer/spill importer/table/grid " formats)
	allow("importer/webhook importer/queue importer/inbox importer/sandbox importer/own samples" \
		" importer/tracetest", "")
	allow("importer/ledger importer/report importer/spill", "importer/own")
	allow("importer/identity", "mapping mapping/number")
	allow("importer/approval", "importer/own importer/report importer/spill")
	allow("importer/history", "importer/identity importer/ledger importer/own importer/report" \
		" importer/spill mapping mapping/number")
	allow("importer/correction", "importer/history importer/identity importer/own importer/report" \
		" importer/table mapping mapping/cell")
}

function allow(froms, tos,    f, t, i, j, n, m) {
	n = split(froms, f, " ")
	m = split(tos, t, " ")
	for (i = 1; i <= n; i++) {
		known[f[i]] = 1
		for (j = 1; j <= m; j++)
			allowed[f[i] " " t[j]] = 1
	}
}

{
	gsub("ableimport/", "")
	if ($1 ~ /^cmd\//) # the program knows all
		next
	if ($1 == "importer" && $2 ~ /^(importer|mapping)\//  || $1 == "importer" && $2 == "mapping")
		next
	if (!($1 in known) && $1 != "importer" && $1 !~ /testdata|natstest|secrets/)
		fault($1 ": is in no layer; add it to .ci/layers.awk, importer/README.md and importer/doc.go")
	else if ($2 != "" && !($1 " " $2 in allowed) && $1 !~ /testdata|natstest|secrets/)
		fault($1 " imports " $2 ", against the layers of importer/doc.go")
}

function fault(text) { print text; faults++ }
END { exit faults > 0 }
