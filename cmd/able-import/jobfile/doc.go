// Package jobfile reads able-import.yaml, which says what is imported without anybody watching.
//
// A job needs a name, an inbox, a mapping or a preset, and a funnel mark. All keys:
//
//	version: 1
//	state_dir: /var/lib/able-import          # of the ledgers; able-import status has to find it, too
//	report_dir: /srv/reports                 # one folder a run; without it, runs in the state folder
//	metrics_file: /var/lib/node_exporter/able_import.prom
//	jobs:
//	  - name: shop
//	    inbox: /srv/exports/shop             # files are taken from here, the oldest first, once they have settled
//	    pattern: "invoices_*.csv"            # capitals count as small letters; without it, every file
//	    settle: 60s                          # how long a file has to stay unchanged
//	    archive: /srv/archive                # where files go; without these lines, folders in the inbox
//	    refused: /srv/refused
//	    failed: /srv/failed
//	    mapping: shop.yaml                   # or preset: shopify-orders. Formats have to be pinned
//	    set: {timezone: Europe/Berlin}       # settings of the mapping: what the export does not say
//	    endpoint: https://example.com/events
//	    funnel_mark: ${ABLE_FUNNEL_MARK_SHOP}  # or funnel_mark_file: /run/secrets/mark
//	    headers: {Authorization: {file: /run/secrets/token}, X-Source: billing}
//	    accept_when: answer.status == "ok"   # for receivers that say "error" inside a 2xx
//	    rate: 20/s
//	    retry_on: [500, 502, 504]            # statuses that prove that this receiver did not process the event
//	    timeout: 30s                         # for one attempt
//	    outage_wait: 5m                      # how long to wait for an outage to end
//	    deadline: 2h                         # stop sending then; the next run goes on
//	    strict: true                         # send nothing of a file if anything in it is invalid
//	    concurrency: auto                    # or a number of events in flight, 8 without it
//	    shared_keys: 10%                     # more events with a visitor key that many customers share refuse the file (10% without this line)
//	    require_approval: true               # a second person approves each plan before it is sent: able-import approve
//	    approvers: [anna, 1017]              # users of the system; without this line, anybody but the job's own user and the file's owner
//	    approvals: /srv/approvals            # a folder that they and the job can write: mode 3770. Without it, in the state folder
//	    notify: ${ABLE_NOTIFY_URL}
//	    notify_template: slack.json.tmpl     # the form of what is posted, for chats that want their own
//	    on_failure: [/usr/local/bin/page-me]
//	    fail_on: new                         # rows that were reported before do not fail again
//	    expect_every: 26h                    # status tells when files are overdue
//
// What becomes of a file:
//
//	inbox/a.csv ── run ──┬─ 0, 3, 4 ──► archive/2026/11/RUN-a.csv, its failures files to failed/
//	                     ├─ 2, 6 ─────► refused/TIME-a.csv with TIME-a.csv.reason.txt; the next file goes on
//	                     ├─ 1 ────────► stays; the next file goes on if it is this one that cannot be read
//	                     ├─ 7 ────────► stays until somebody has approved its plan; the next file goes on
//	                     └─ 5, 130 ───► stays; the job ends, and its next run goes on
//
// A file is ready once it has not changed for settle (60s), and nothing beside it says that it is
// being written: a.csv.part, .a.csv.part or a.part for a.csv (.filepart, .tmp, .partial,
// .crdownload and .download, too); a.csv.done says at once that it is complete. What was put away
// and comes back, fixed or not, is taken under the name that it has: patterns see the first one,
// and for a failures file the name of its export. Two jobs that want the same file are refused:
// nobody could say whose it is.
//
// The lock of the target is taken before the folder is looked at and kept to the end, so that two
// runs cannot want the same file. What concerns the whole job (the mapping, the ledger, the lock)
// is found out before any file is touched, and then nothing moves. A run that dies between its end
// and the move leaves the file: the next run finds all of it delivered, and puts it away. A file
// that is replaced on the way stays, and is the next run's.
//
// Paths are relative to the job file. A flag counts before the environment, the environment before
// the job file. Secrets come from ABLE_ variables or files; they are never in the file itself.
package jobfile
