#!/bin/bash
# Tries a Debian package as an operator would, on a fresh Debian that runs systemd in namespaces of its own: install, a night's
# import by the unit under its sandboxing, stop, remove. Needs root, debootstrap and util-linux; touches nothing outside a
# temporary folder.
#   .release/scripts/try-package.sh dist/able-import_*_amd64.deb
set -euo pipefail
package=$(realpath "$1")
machine=$(mktemp -d) log=$(mktemp)
chmod 0755 "$machine" # its root: users inside pass through it
trap 'kill -9 $(pgrep -f "systemd --unit=multi-user.target $machine") 2>/dev/null; sleep 1; rm -rf --one-file-system "$machine" "$log"' EXIT

debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus "${DEBIAN:-bookworm}" "$machine" >"$log" || { tail "$log"; exit 1; }
cp "$package" "$machine/able-import.deb"

# Namespaces for mounts, processes, network (loopback alone), names and control groups: enough for systemd to be the first process.
unshare --mount --pid --fork --uts --ipc --net --cgroup --propagation private bash -c "
	mount --bind '$machine' '$machine' && cd '$machine'
	mount -t proc proc proc && mount -t sysfs sysfs sys && mount -t cgroup2 cgroup2 sys/fs/cgroup
	mount -t tmpfs tmpfs run && mount -t tmpfs tmpfs tmp && mount -t tmpfs -o mode=755 tmpfs dev
	for device in null zero full random urandom tty; do touch dev/\$device && mount --bind /dev/\$device dev/\$device; done
	mkdir dev/pts dev/shm && mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts && ln -s pts/ptmx dev/ptmx
	pivot_root . mnt && umount -l /mnt && mount --make-rshared /
	exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --unit=multi-user.target $machine" >"$log" 2>&1 &
for _ in $(seq 60); do
	init=$(pgrep -f "^/lib/systemd/systemd --unit=multi-user.target $machine" | tail -1) || { sleep 1; continue; }
	nsenter -t "$init" -a systemctl is-active -q multi-user.target && break
	sleep 1
done
inside() { nsenter -t "$init" -a -- "$@"; }
expect() { echo "  $*" && "$@" || { echo "try-package: this failed: $*" >&2; inside journalctl --no-pager -n 30 >&2; exit 1; }; }

echo "Installing:"
expect inside dpkg --install /able-import.deb
expect inside able-import version
expect inside getent group able-import-inbox
expect inside test -d /srv/able-import -a -e /usr/share/man/man1/able-import-run.1.gz
expect inside bash -c '! systemctl is-enabled able-import.timer'
inside systemd-analyze security --no-pager able-import.service | tail -1

echo "A night's import:"
inside bash -c 'cat >/etc/able-import/able-import.yaml <<END
version: 1
jobs:
  - {name: shop, inbox: /srv/able-import/shop, archive: /srv/able-import/archive, refused: /srv/able-import/refused,
     failed: /srv/able-import/failed, mapping: shop.yaml, endpoint: "http://127.0.0.1:8080/uip-events/event", settle: 1s}
END
cat >/etc/able-import/shop.yaml <<END
version: 1
name: shop
event: Purchase
formats: {number: "1.00"}
fields: {order_id: Number, deal_value: Total, deal_currency: Currency, keys: {email: Email}}
END
install -m 0600 /dev/stdin /etc/able-import/funnel-mark <<END
11111111-2222-3333-4444-555555555555
END
useradd --no-create-home --groups able-import-inbox finance'
inside systemd-run --quiet --unit=receiver able-import sandbox --address 127.0.0.1:8080 --record /run/received
inside setpriv --reuid finance --regid finance --init-groups bash -c 'umask 0007; mkdir /srv/able-import/{shop,archive,refused,failed}
printf "Number,Total,Currency,Email\nA1,10.00,EUR,anna@example.com\nA2,20.00,EUR,boris@example.com\n" >/srv/able-import/shop/november.csv'
sleep 2
expect inside systemctl enable --now able-import.timer
expect inside systemctl start able-import.service
expect inside test "$(inside wc -l </dev/null /run/received | cut -d" " -f1)" = 2
expect inside bash -c 'ls /srv/able-import/archive/*/*/*-november.csv'
expect inside systemctl start able-import.service
expect inside test "$(inside wc -l </dev/null /run/received | cut -d" " -f1)" = 2
inside journalctl --no-pager -o cat -u able-import.service
expect inside bash -c '! journalctl --no-pager | grep -E "anna@|11111111-2222"'

echo "Removing:"
expect inside dpkg --purge able-import
expect inside bash -c '! systemctl cat able-import.timer 2>/dev/null'
expect inside bash -c '! find /usr /etc/systemd -path "*able-import*" | grep .'
expect inside bash -c 'ls /var/lib/private/able-import' # the ledger stays
echo "The package installs, imports under its sandbox, and goes without a trace but its ledger."
