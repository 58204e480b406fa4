#!/bin/sh
# peers.sh PERF ABLE-IMPORT [ROUNDS]
#
# Runs the program beside the peers of a folder that has setup.sh (builds a receiver, readers and importers, and makes files
# under $DATA), bench.py (runs the commands of a plan in turn) and mapping.yaml. Commands are printed; tables go to stdout.
set -e
able=$(realpath "$2") rounds=${3:-5}
eval "$(sh "$1/setup.sh" 2>/dev/null)"
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
export PERF DATA WORK="$work" ABLE="$able" ABLE_FUNNEL_MARK=0f0f0f0f-0000-4000-8000-000000000000

cat >"$work/fresh" <<'END' # imports into an empty ledger
state=$(mktemp -d "$WORK/state-XXXXXX") && export ABLE_IMPORT_STATE_DIR="$state"
"$ABLE" run -q --concurrency "$2" --endpoint http://127.0.0.1:18080/ -m "$PERF/mapping.yaml" "$1"
code=$? && rm -rf "$state" && exit $code
END
preview='ABLE_IMPORT_STATE_DIR=$WORK/none $ABLE preview -q -m $PERF/mapping.yaml'

race() { # title, receiver or "", plan on stdin
  cat >"$work/plan"
  printf '\n== %s\n' "$1" && sed 's/^/   /' "$work/plan"
  if [ -n "$2" ]; then python3 "$PERF/bench.py" -n "$rounds" --receiver "$DATA/bin/receiver $2" "$work/plan"
  else python3 "$PERF/bench.py" -n "$rounds" "$work/plan"; fi
}

race 'send, 0 ms, 64 in flight, receiver -fasthttp' -fasthttp <<END
naive | 100000 | \$DATA/bin/naive -csv \$DATA/100k.csv
able-import | 100000 | sh \$WORK/fresh \$DATA/100k.csv 64
e2e-nethttp-tuned | 100000 | \$DATA/bin/limit -csv \$DATA/100k.csv -client tuned
e2e-fasthttp | 100000 | \$DATA/bin/limit -csv \$DATA/100k.csv -client fasthttp
pre-raw | 300000 | \$DATA/bin/limit -csv \$DATA/20k.csv -prebuilt -repeat 15 -client raw
END
race 'send, 20 ms, 64 in flight, receiver -fasthttp' '-fasthttp -latency 20ms' <<END
naive | 12800 | \$DATA/bin/naive -csv \$DATA/12k8.csv
able-import | 12800 | sh \$WORK/fresh \$DATA/12k8.csv 64
e2e-fasthttp | 12800 | \$DATA/bin/limit -csv \$DATA/12k8.csv -client fasthttp
$(command -v wrk >/dev/null && echo "wrk | 0 | BODIES=\$DATA/bodies.jsonl wrk -t1 -c64 -d4s -s \$PERF/peers/limit-go/wrk.lua http://127.0.0.1:18080/")
END
race 'preview, CSV' '' <<END
naive-dry | 1000000 | \$DATA/bin/naive -csv \$DATA/1m.csv -dry
able-import | 1000000 | $preview \$DATA/1m.csv
hand-dry | 1000000 | \$DATA/bin/limit -csv \$DATA/1m.csv -dry
END
race 'preview, XLSX' '' <<END
excelize-Rows-raw | 100000 | \$DATA/bin/readers -lib excelizeraw \$DATA/100k.xlsx
able-import | 100000 | $preview \$DATA/100k.xlsx
floor-tagscan | 100000 | \$DATA/bin/readers -lib rawbytes \$DATA/100k.xlsx
END
