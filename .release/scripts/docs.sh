#!/bin/sh
# Man pages, completions and the licences of what is linked in, into .docs, equal for equal commits.
set -eu
rm -rf .docs && mkdir -p .docs/completions
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}"
go test -count=1 -run '^TestManPages$' ./cmd/able-import -man "$PWD/.docs/man" >/dev/null
gzip -9nk .docs/man/*.1
go build -o .docs/able-import ./cmd/able-import
.docs/able-import completion bash >.docs/completions/able-import.bash
.docs/able-import completion zsh >.docs/completions/_able-import
.docs/able-import completion fish >.docs/completions/able-import.fish
.docs/able-import completion powershell >.docs/completions/able-import.ps1
rm .docs/able-import

{
	echo '# Licences of what able-import is built with'
	go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' ./cmd/able-import | sort -u |
		while read -r module version dir; do
			printf '\n## %s %s\n' "$module" "$version"
			found=
			for file in "$dir"/LICENSE* "$dir"/LICENCE* "$dir"/COPYING* "$dir"/NOTICE*; do
				[ -f "$file" ] || continue
				found=yes
				printf '\n```\n' && cat "$file" && printf '\n```\n'
			done
			[ -n "$found" ] || { echo "no licence found for $module" >&2 && exit 1; }
		done
	printf '\n## The metadata of libphonenumber\n\nCopyright The Libphonenumber Authors, Apache License 2.0, whose text stands at github.com/spf13/cobra.\n'
	printf '\n## The Go standard library\n\n```\n' && cat "$(go env GOROOT)/LICENSE" && printf '\n```\n'
} >.docs/LICENSES.md
