#!/bin/sh
# Runs a Windows program under Wine, in the prefix that run.sh has made: go test -exec .ci/windows/wine.sh
exec env WINEPREFIX="${WINEPREFIX:?run make windows}" WINEDEBUG=-all /usr/lib/wine/wine64 "$@"
