#!/bin/sh
# Lists the modules in a binary as CycloneDX, with the commit's time instead of now: sbom.sh BINARY DOCUMENT
set -eu
go run github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0 bin -json -noserial -output "$2" "$1"
time=$(TZ=UTC git log -1 --date=format-local:%Y-%m-%dT%H:%M:%SZ --format=%cd)
sed -i "s/\"timestamp\": \"[^\"]*\"/\"timestamp\": \"$time\"/" "$2"
