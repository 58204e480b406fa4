#!/bin/sh
# Builds the program for Windows, and runs its demo and its tests under Wine: make windows
#
# What Wine 8 cannot show, and what replaces it:
#   - Random numbers: bcryptprimitives.dll is missing. A stand-in is built into the test prefix alone.
#   - Deleting: Wine says "not implemented" where old Windows says "no such class", and Go falls back
#     for the latter only. The tests are built with an overlay of that one file of Go's, which falls
#     back for both; the program of the demo is built as it is released.
#   - UDP: Go's sockets want an option that Wine does not know. Tests of name servers speak TCP.
#   - Access lists: Wine keeps what fits into Unix modes, and files inherit nothing.
#   - Links: Wine says that it makes them, and does not.
#   - Sessions that need a Unix shell, its tools or Ctrl-C from elsewhere: TestScripts names them.
#   - The window of a console: what the program shows in one is read from a pseudo terminal.
#   - Task Scheduler: schtasks reads the task of the examples, and nothing starts it.
#   - Excel, Explorer, what cmd and PowerShell make of what is pasted, and another machine's share:
#     tests hold what the program writes, or hold a file as Excel does.
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
trap 'exit 1' INT TERM
# Setting up the prefix leaves two managers of services behind, and whoever starts a service meets
# either one.
if [ ! -d "$WINEPREFIX" ]; then
	nice $wine wineboot -i </dev/null >/dev/null 2>&1
	/usr/lib/wine/wineserver -k || true
	/usr/lib/wine/wineserver -w
fi
x86_64-w64-mingw32-gcc -O2 -shared -o "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll" "$here/bcryptprimitives.c" -ladvapi32

# The program itself is as it is released.
CGO_ENABLED=0 GOOS=windows go build -trimpath -o "$work/able-import.exe" ./cmd/able-import

# Wine starts its services with the first program, and its desktop and its task service with the
# first that asks for them. They take their time, and the desktop keeps that program's errors open:
# a test that reads them would wait for ever. So all of it starts here, and stays until the end.
x86_64-w64-mingw32-gcc -O2 -o "$work/desktop.exe" "$here/desktop.c"
nice $wine "$work/desktop.exe" </dev/null >"$work/desktop.txt" 2>/dev/null &
late=$(($(date +%s) + 300)) # seconds
while sleep 1; do
	[ "$(date +%s)" -lt $late ] || { echo "Wine has no desktop or no task service: see $0" >&2; exit 1; }
	grep -q there "$work/desktop.txt" || continue
	timeout 60 nice $wine sc start schedule </dev/null >/dev/null 2>&1 || true # fails while others start
	timeout 60 nice $wine sc query schedule </dev/null >"$work/schedule.txt" 2>/dev/null || continue
	! grep -q RUNNING "$work/schedule.txt" || break
done
nice $wine "$work/able-import.exe" version
nice $wine "$work/able-import.exe" demo >"$work/demo.txt" 2>&1 || { cat "$work/demo.txt"; exit 1; }
tail -n 1 "$work/demo.txt"

# A console shows the letters of all languages, and colours; without colours, no codes of them.
mkdir -p "$work/console"
printf 'Nummer,Köln-März,E-Mail\n1,zwölf €,ann@example.com\n' >"$work/console/k.csv"
cat >"$work/console/k.yaml" <<-'END'
	version: 1
	name: k
	event: Purchase
	fields: {order_id: Nummer, deal_value: Köln-März, deal_currency: {const: EUR}, keys: {email: E-Mail}}
END
screen() { # what a console shows of a preview; its answer is 3, for a row is invalid
	(cd "$work/console" && TERM=xterm-256color LC_ALL=C.UTF-8 script -qec "$wine ../able-import.exe preview -m k.yaml k.csv" /dev/null </dev/null) && exit 1 || [ $? = 3 ]
}
red=$(printf '\033[31m')
screen >"$work/console/colours.txt"
NO_COLOR=1 screen >"$work/console/plain.txt"
if ! grep -q 'Köln-März: "zwölf €" is not a number' "$work/console/plain.txt" || ! grep -qF "$red" "$work/console/colours.txt" ||
	grep -qF "$red" "$work/console/plain.txt"; then
	cat "$work/console/colours.txt" "$work/console/plain.txt"
	exit 1
fi

changed=$(go env GOROOT)/src/internal/syscall/windows/at_windows.go
sed 's/case STATUS_INVALID_INFO_CLASS,/case STATUS_INVALID_INFO_CLASS, NTStatus(0xC0000002),/' "$changed" >"$work/at_windows.go"
! cmp -s "$changed" "$work/at_windows.go" || { echo "Go deletes in another way now: see $0" >&2; exit 1; }
printf '{"Replace":{"%s":"%s"}}' "$changed" "$work/at_windows.go" >"$work/overlay.json"

# The words of the last three are split on purpose.
CGO_ENABLED=0 GOOS=windows nice go test -short -p 1 -timeout 20m -overlay "$work/overlay.json" -exec "$here/wine.sh" \
	${TESTS:--skip Fault30} ${PACKAGES:-./...} ${ARGS:-}
