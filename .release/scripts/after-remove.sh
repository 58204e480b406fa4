#!/bin/sh
# The ledger in /var/lib/able-import stays, even after a purge: whoever installs again must not send everything again.
set -e
if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
if [ "${1:-}" = purge ] && [ -d /var/lib/private/able-import -o -d /var/lib/able-import ]; then
	echo "able-import: /var/lib/able-import holds the record of what was sent, and is left. Remove it by hand if it is not needed." >&2
fi
