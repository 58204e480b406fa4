#!/bin/sh
# Builds the program for Windows, and runs its demo and its tests under Wine: make windows PACKAGES='./importer/table'
#
# What Wine 8 cannot show:
#   - Deleting by POSIX semantics: Wine answers "not implemented" where Windows before 1607 answers "no such class", and Go falls
#     back for the latter alone. An overlay of that one file of Go's lets it fall back for both.
#   - Random numbers: Wine lacks bcryptprimitives.dll; a stand-in is built into the test prefix.
#   - UDP: Go's sockets ask for an option that Wine does not know. Tests of name servers speak TCP.
#   - A console: closing it, colours, and the page that a double click opens are checked by reading.
#   - Excel, Explorer, Task Scheduler, PowerShell and cmd's own parsing of what is pasted.
#   - Access lists in full: Wine keeps of them what fits into Unix modes.
#   - Another machine's share: a UNC path is refused by its name.
set -eu
cd "$(dirname "$0")/../.."
here=$PWD/.ci/windows
wine=/usr/lib/wine/wine64
if [ ! -x $wine ] || ! command -v x86_64-w64-mingw32-gcc >/dev/null; then
	apt-get update -qq
	nice apt-get install -y -qq --no-install-recommends wine64 gcc-mingw-w64-x86-64
fi

work=${WINDOWS_WORK:-$(mktemp -d)}
export WINEPREFIX="$work/prefix" WINEDEBUG=-all
finish() {
	/usr/lib/wine/wineserver -k 2>/dev/null || true # the one of this prefix
	[ -n "${WINDOWS_WORK:-}" ] || rm -rf "$work"
}
trap finish EXIT
[ -d "$WINEPREFIX" ] || nice $wine wineboot -i >/dev/null 2>&1
x86_64-w64-mingw32-gcc -O2 -shared -o "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll" "$here/bcryptprimitives.c" -ladvapi32

# The program itself is as it is released.
CGO_ENABLED=0 GOOS=windows go build -trimpath -o "$work/able-import.exe" ./cmd/able-import
nice $wine "$work/able-import.exe" version
nice $wine "$work/able-import.exe" demo >"$work/demo.txt" 2>&1 || { cat "$work/demo.txt"; exit 1; }
tail -n 1 "$work/demo.txt"

changed=$(go env GOROOT)/src/internal/syscall/windows/at_windows.go
sed 's/case STATUS_INVALID_INFO_CLASS,/case STATUS_INVALID_INFO_CLASS, NTStatus(0xC0000002),/' "$changed" >"$work/at_windows.go"
! cmp -s "$changed" "$work/at_windows.go" || { echo "Go deletes in another way now: see $0" >&2; exit 1; }
printf '{"Replace":{"%s":"%s"}}' "$changed" "$work/at_windows.go" >"$work/overlay.json"
CGO_ENABLED=0 GOOS=windows nice go test -short -p 1 -timeout 20m -overlay "$work/overlay.json" -exec "$here/wine.sh" ${PACKAGES:-$(cat "$here/packages")}
