#!/usr/bin/env python3
"""Puts the attachments of a mail, read from standard input, into the inbox of a job.

For a mailbox that receives exports. Copy it to /usr/local/bin (install -m 0755). With getmail, in its configuration:
  [destination]
  type = MDA_external
  path = /usr/local/bin/mail-attachment.py
  arguments = ("/srv/exports/shop", "invoices_*.csv")
With Postfix, in /etc/aliases:  exports: "|/usr/local/bin/mail-attachment.py /srv/exports/shop 'invoices_*.csv'"

Only let senders in whom you trust (SPF, DKIM): whoever can write to this address writes invoices.
"""
import email
import email.policy
import fnmatch
import os
import sys

inbox, pattern = sys.argv[1:]
message = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)
found = 0
for part in message.walk():
    name = os.path.basename((part.get_filename() or "").replace("\\", "/"))
    if name.startswith(".") or not fnmatch.fnmatch(name.lower(), pattern.lower()):
        continue
    found += 1
    path = os.path.join(inbox, name)
    with open(path + ".part", "xb") as out:  # the job leaves .part files alone
        out.write(part.get_payload(decode=True))
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(path + ".part", path)  # fails if the inbox still has a file of this name
    finally:
        os.unlink(path + ".part")
    open(path + ".done", "ab").close()

if not found:
    sys.exit("the mail has no attachment " + pattern)  # the mail server returns it to its sender
