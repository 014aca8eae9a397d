#!/usr/bin/env bash
# `bin/bench etl`: loads beside raw LOAD DATA of the same file on the same server, in turn.
SCRIPT=bench-etl
# shellcheck source=bin/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=bin/lib/packages.sh
. "$ROOT/bin/lib/packages.sh"
# shellcheck source=bin/lib/mysql.sh
. "$ROOT/bin/lib/mysql.sh"
# shellcheck source=bin/lib/database.sh
. "$ROOT/bin/lib/database.sh"

usage() {
    cat <<'END'
bin/bench etl [--engine mariadb|mysql] [--rows N] [--rounds N]

Generates a file of N rows (1000000) and loads it, in turn, ROUNDS times (3):
  raw      LOAD DATA of the raw text into VARCHAR columns, no key: nothing checked
  rows     assurly etl load: profile, typed rows, key, checkpoints, rejects
  whole    the same with sales, their indexes, months, and publication
Prints wall, processor time of client and server, memory of the client, ratios.
17340033 rows take 2.2 GB for the file and some 15 GB for the tables.
END
}

ENGINE=mariadb ROWS=1000000 ROUNDS=3
while [ $# -gt 0 ]; do
    case "$1" in
    --engine) ENGINE=${2:?} && shift ;;
    --rows) ROWS=${2:?} && shift ;;
    --rounds) ROUNDS=${2:?} && shift ;;
    --help | -h)
        usage
        exit 0
        ;;
    *)
        usage >&2
        exit 2
        ;;
    esac
    shift
done

cd "$ROOT" || exit 1
prepare_var
take_lock
guard
install_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_MARIADB[@]}" || die "$PROBLEM"
ASSURLY=${ASSURLY_PROGRAM:-${CARGO_TARGET_DIR:-$ROOT/target}/release/assurly}
if [ -z "${ASSURLY_PROGRAM:-}" ]; then
    run_logged build "$LOGS/build.log" cargo build --release --locked --bin assurly || {
        show_tail "$LOGS/build.log" 40
        exit 1
    }
fi

DATA="$VAR/bench-etl"
rm -rf "$DATA" "$VAR/db/bench-etl"
mkdir -p "$DATA"
FILE="$DATA/valeursfoncieres-2021.txt"
"$ASSURLY" etl generate "$FILE" --rows "$ROWS" >"$DATA/oracle.json" || exit 1
# Rows alone: the schema without its sales. A name of its own keeps the runs apart.
sed -e '/^\[sale\]/,$d' datasets/dvf.toml >"$DATA/rows.toml"
"$ASSURLY" etl profile --seal "$DATA/rows.toml" >/dev/null || exit 1
cp datasets/dvf.toml "$DATA/whole.toml"
database_start bench-etl "$ENGINE" durable 13356 || die "$PROBLEM"
export DATABASE_URL=$DB_URL
"$ASSURLY" migrate >"$LOGS/migrate.log" 2>&1 || { show_tail "$LOGS/migrate.log" 20; exit 1; }
PASSWORD=$(cat "$DB_DIR/password")
session_members "${SPAWNED[$DB_NAME]}"
SERVER=${MEMBERS[-1]}
sql() { mariadb --protocol=tcp -h 127.0.0.1 -P "$DB_PORT" -u "$1" -p"$PASSWORD" --local-infile=1 -N -B assurly -e "$2"; }
say "$DB_VERSION, $ROWS rows, $(($(stat -c %s "$FILE") / 1000000)) MB, $(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg)"

LABELS=$(head -n 1 "$FILE")
IFS='|' read -r -a COLUMNS_RAW <<<"$LABELS"
RAW="CREATE TABLE raw (c1 VARCHAR(120)"
for ((c = 2; c <= ${#COLUMNS_RAW[@]}; c++)); do RAW="$RAW, c$c VARCHAR(120)"; done
RAW="$RAW) ENGINE=InnoDB CHARACTER SET utf8mb4"

# Processor time of a process in hundredths of a second, its ended children left out.
ticks() {
    local -a f
    read -r -a f <<<"$(sed 's/.*) //' "/proc/$1/stat")"
    TICKS=$((f[11] + f[12]))
}

# turn NAME COMMAND...: sets WALL (ms), CLIENT, SERVED (hundredths), PEAK (kB).
turn() {
    local name=$1 begun server pid line
    shift
    ticks "$SERVER" && server=$TICKS
    now_ms && begun=$NOW
    "$@" >"$LOGS/$name.out" 2>"$LOGS/$name.err" &
    pid=$!
    PEAK=0 CLIENT=0
    while alive "$pid"; do
        ticks "$pid" 2>/dev/null && CLIENT=$TICKS
        line=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status" 2>/dev/null)
        if [ -n "$line" ] && [ "$line" -gt "$PEAK" ]; then PEAK=$line; fi
        sleep 0.1
    done
    wait "$pid" || { show_tail "$LOGS/$name.err" 10; exit 1; }
    now_ms
    WALL=$((NOW - begun))
    ticks "$SERVER" && SERVED=$((TICKS - server))
}
row() {
    awk -v n="$1" -v w="$WALL" -v c="$CLIENT" -v s="$SERVED" -v p="$PEAK" -v r="$ROWS" -v rw="$RAW_WALL" -v rc="$RAW_CPU" 'BEGIN {
        printf "%-6s wall %7.1f s  %8d rows/s  cpu client %6.1f server %6.1f  peak %5.0f MB  wall ratio %.2f  cpu ratio %.2f\n",
            n, w / 1000, r * 1000 / w, c / 100, s / 100, p / 1024, rw / w, rc / (c + s)
    }'
}

for ((round = 1; round <= ROUNDS; round++)); do
    sql assurly "DROP TABLE IF EXISTS raw; $RAW" || exit 1
    # The program itself, not the shell around it: its processor time is read from its process.
    turn raw mariadb --protocol=tcp -h 127.0.0.1 -P "$DB_PORT" -u assurly -p"$PASSWORD" --local-infile=1 -B assurly -e "LOAD DATA LOCAL INFILE '$FILE' INTO TABLE raw CHARACTER SET utf8mb4 FIELDS TERMINATED BY '|' ESCAPED BY '' LINES TERMINATED BY '\n' IGNORE 1 LINES; SELECT COUNT(*) FROM raw"
    RAW_WALL=$WALL RAW_CPU=$((CLIENT + SERVED))
    row raw
    sql assurly "DROP TABLE raw"
    turn rows "$ASSURLY" etl load --schema "$DATA/rows.toml" --period "r$round" --log none "$FILE"
    row rows
    turn whole "$ASSURLY" etl load --schema "$DATA/whole.toml" --period "w$round" --log none "$FILE"
    row whole
    sed -n -E '/phases/,/^  \]/p' "$LOGS/whole.out" | tr -d '\n[]" ,' | sed 's/phases:/       whole, ms: /'
    say ""
    if [ "$round" -lt "$ROUNDS" ]; then
        for run in $(sql assurly "SELECT id FROM etl_run"); do
            sql assurly "DROP TABLE IF EXISTS dvf_row_r$run, dvf_sale_r$run, dvf_month_r$run"
        done
        sql assurly "DELETE FROM etl_edition"
    fi
done

RUN=$(sql assurly "SELECT run_id FROM etl_edition WHERE period = 'w$ROUNDS'")
sql assurly "SELECT CONCAT('rows ', COUNT(*), ', cents ', CAST(SUM(valeur_fonciere) * 100 AS UNSIGNED)) FROM dvf_row_r$RUN"
say "oracle: $(tr -d '\n ' <"$DATA/oracle.json" | cut -c1-200)"
sql assurly "DELETE FROM etl_edition WHERE period <> 'w$ROUNDS'"
say ""
say "== segments, warm: milliseconds of 20 counts each, sorted"
segment() {
    local name=$1 n list=
    shift
    for ((n = 0; n < 20; n++)); do
        list="$list $("$ASSURLY" etl segment count --from 2021-01-01 --to 2021-12-31 "$@" | sed -n -E 's/.*"ms":([0-9]+).*/\1/p')"
    done
    say "$name: p95 $(tr ' ' '\n' <<<"$list" | grep . | sort -n | sed -n 19p) ms"
}
segment "a department, flats, price range" --department 75 --kind appartement --price-min 100000 --price-max 400000
segment "five postal codes, houses" --postal-code 75001 --postal-code 75002 --postal-code 69003 --postal-code 13004 --postal-code 31005 --kind maison
segment "the whole country, houses, price range" --kind maison --price-min 100000 --price-max 400000
stop "$DB_NAME" 60
rm -rf "$DATA" "$VAR/db/bench-etl"
