#!/bin/sh
# Fetches exports by SFTP, from S3 or from anywhere else that rclone knows into the inbox of a job,
# and says of each that it is complete. Copy it to /usr/local/bin (install -m 0755), and begin the
# crontab's line with it:
#   0 2 * * *  /usr/local/bin/fetch.sh bank:exports /srv/exports/shop 'invoices_*.csv' && able-import run --job shop --quiet
# `rclone config` makes "bank". A file leaves the remote when it has arrived: with "rclone copy" all of
# them would come again every night. Nothing would be sent twice, but all would be read again.
set -eu
from=$1
inbox=$2
pattern=$3

# beside the inbox, so that a file gets there in one step
rclone move "$from" "$inbox.incoming" --include "$pattern" --max-depth 1
for file in "$inbox.incoming"/*; do
	[ -f "$file" ] || continue
	name=${file##*/}
	if [ -e "$inbox/$name" ]; then
		echo "$name: the inbox still has a file of this name; the new one waits in $inbox.incoming" >&2
		continue
	fi
	mv "$file" "$inbox/$name"
	touch "$inbox/$name.done"
done
