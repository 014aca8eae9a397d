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
bin/bench etl [--engine mariadb|mysql] [--rows N] [--rounds N] [--pandas N]

Generates a file of N rows (1000000) and loads it, in turn, ROUNDS times (3):
  raw      LOAD DATA of the raw text into VARCHAR columns, no key: nothing checked
  profile  assurly etl profile: every value looked at, nothing written
  rows     assurly etl load: profile, typed rows, key, checkpoints, rejects
  set      LOAD DATA into the same typed table, converted by SET: nothing checked
  whole    as rows, with sales, their indexes, months, and publication
  pandas   to_sql as it comes, of the first rows only (50000; --pandas 0 leaves it out)
Prints wall, processor time of client and server, memory of the client; then times
segments, and holds everything against the goals in one table.

17340033 rows take 2.2 GB for the file and some 15 GB for the tables; one round of
them is some twenty minutes: --rows 17340033 --rounds 1. The program is built with
--release unless ASSURLY_PROGRAM names one.
END
}

ENGINE=mariadb ROWS=1000000 ROUNDS=3 PANDAS=50000
while [ $# -gt 0 ]; do
    case "$1" in
    --engine) ENGINE=${2:?} && shift ;;
    --rows) ROWS=${2:?} && shift ;;
    --rounds) ROUNDS=${2:?} && shift ;;
    --pandas) PANDAS=${2:?} && shift ;;
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

PACKAGES_BENCH=('time|/usr/bin/time|reads the processor time and the memory of a program that has ended')
PACKAGES_PANDAS=(
    'python3-pandas|/usr/lib/python3/dist-packages/pandas|the way that the loader replaces'
    'python3-sqlalchemy|/usr/lib/python3/dist-packages/sqlalchemy|what pandas writes with'
    'python3-pymysql|/usr/lib/python3/dist-packages/pymysql|its way to the server'
    'python3-cryptography|/usr/lib/python3/dist-packages/cryptography|its way to log in to MySQL'
)

cd "$ROOT" || exit 1
prepare_var
take_lock
guard
if [ "$PANDAS" -gt 0 ]; then PACKAGES_BENCH+=("${PACKAGES_PANDAS[@]}"); fi
install_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_MARIADB[@]}" "${PACKAGES_BENCH[@]}" || die "$PROBLEM"
release_program

# --- the file, the schemas, the server ------------------------------------

DATA="$VAR/bench-etl"
rm -rf "$DATA" "$VAR/db/bench-etl"
mkdir -p "$DATA"
FILE="$DATA/valeursfoncieres-2021.txt"
TURNS="$DATA/turns.tsv" FACTS="$DATA/facts.tsv"
: >"$TURNS"
printf 'rows\t%s\n' "$ROWS" >"$FACTS"
"$ASSURLY" etl generate "$FILE" --rows "$ROWS" >"$DATA/oracle.json" || exit 1
# Rows alone: the schema without its sales. A period of its own keeps the runs apart.
sed -e '/^\[sale\]/,$d' datasets/dvf.toml >"$DATA/rows.toml"
"$ASSURLY" etl profile --seal "$DATA/rows.toml" >/dev/null || exit 1
cp datasets/dvf.toml "$DATA/whole.toml"
database_start bench-etl "$ENGINE" durable 13356 || die "$PROBLEM"
export DATABASE_URL=$DB_URL
"$ASSURLY" migrate >"$LOGS/migrate.log" 2>&1 || { show_tail "$LOGS/migrate.log" 20; exit 1; }
PASSWORD=$(cat "$DB_DIR/password")
session_members "${SPAWNED[$DB_NAME]}"
SERVER=${MEMBERS[-1]}
CLIENT=(mariadb --protocol=tcp -h 127.0.0.1 -P "$DB_PORT" -u assurly "-p$PASSWORD" --local-infile=1 -N -B assurly)
sql() { "${CLIENT[@]}" -e "$1"; }
say "$DB_VERSION, $ROWS rows, $(($(stat -c %s "$FILE") / 1000000)) MB, $(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg)"

LABELS=$(head -n 1 "$FILE")
IFS='|' read -r -a COLUMNS_RAW <<<"$LABELS"
RAW="CREATE TABLE raw (c1 VARCHAR(120)"
for ((c = 2; c <= ${#COLUMNS_RAW[@]}; c++)); do RAW="$RAW, c$c VARCHAR(120)"; done
RAW="$RAW) ENGINE=InnoDB CHARACTER SET utf8mb4"
# Columns without any value are left out by the loader, so they are here.
EMPTY=$(head -n 200001 "$FILE" | awk -F'|' 'NR > 1 && NF == 43 { for (i = 1; i <= NF; i++) if ($i != "") seen[i] = 1 }
    END { printf ","; for (i = 1; i <= 43; i++) if (!(i in seen)) printf "%d,", i }')

# --- turns ----------------------------------------------------------------

fact() { printf '%s\t%s\n' "$1" "$2" >>"$FACTS"; }

# Processor time of the server in hundredths of a second.
ticks() {
    local -a f
    read -r -a f <<<"$(sed 's/.*) //' "/proc/$SERVER/stat")"
    TICKS=$((f[11] + f[12]))
}

# Waits until the server has done what the turn before has left to it.
settle() {
    local tries before
    for ((tries = 0; tries < 120; tries++)); do
        ticks && before=$TICKS
        sleep 0.5
        ticks
        if [ $((TICKS - before)) -le 2 ]; then return 0; fi
    done
}

# turn ROWS NAME COMMAND...: the client's figures are those of the process that has ended, its
# children with it: nothing is asked of it while it runs.
turn() {
    local rows=$1 name=$2 server wall user system peak client
    shift 2
    settle
    ticks && server=$TICKS
    /usr/bin/time -o "$LOGS/$name.time" -f '%e %U %S %M' "$@" >"$LOGS/$name.out" 2>"$LOGS/$name.err" || {
        show_tail "$LOGS/$name.err" 10
        exit 1
    }
    ticks && server=$((TICKS - server))
    read -r wall user system peak <"$LOGS/$name.time"
    wall=$((10#${wall/./} * 10)) client=$((10#${user/./} + 10#${system/./}))
    # Its imports alone take a second: they are not the load.
    if [ "$name" = pandas ]; then client=$((10#$(tr -d . <"$LOGS/pandas.out"))); fi
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$ROUND" "$name" "$rows" "$wall" "$client" "$server" "$peak" >>"$TURNS"
    awk -v n="$name" -v w="$wall" -v c="$client" -v s="$server" -v p="$peak" -v r="$rows" 'BEGIN {
        printf "%-8s wall %7.1f s  %8d rows/s  processor time: client %6.2f server %6.2f s  memory %4.0f MB\n",
            n, w / 1000, (w > 0 ? r * 1000 / w : 0), c / 100, s / 100, p / 1024 }'
}

# The tables of a run are dropped when nobody needs them: what is not there is not written out either.
drop_run() {
    local run
    run=$(sql "SELECT run_id FROM etl_edition WHERE period = '$1'")
    sql "DROP TABLE IF EXISTS dvf_row_r$run, dvf_sale_r$run, dvf_month_r$run; DELETE FROM etl_edition WHERE period = '$1'"
}

# Milliseconds of the phase $2 in the report $1; of all phases without a second word.
phases() {
    awk -v phase="${2:-}" '/"phases"/ { on = 1 } on && /^  \]/ { exit }
        on && /"[a-z]+"/ { name = $0; gsub(/[^a-z]/, "", name) }
        on && /^ *[0-9]+$/ { if (phase == "" || name == phase) sum += $1 }
        END { print sum + 0 }' "$1"
}

for ((ROUND = 1; ROUND <= ROUNDS; ROUND++)); do
    say "round $ROUND of $ROUNDS, load $(cut -d' ' -f1 /proc/loadavg)"
    sql "DROP TABLE IF EXISTS raw; $RAW" || exit 1
    turn "$ROWS" raw "${CLIENT[@]}" -e "LOAD DATA LOCAL INFILE '$FILE' INTO TABLE raw CHARACTER SET utf8mb4 FIELDS TERMINATED BY '|' ESCAPED BY '' LINES TERMINATED BY '\n' IGNORE 1 LINES; SELECT COUNT(*) FROM raw"
    sql "DROP TABLE raw"
    turn "$ROWS" profile "$ASSURLY" etl profile --name dvf --log none "$FILE"
    turn "$ROWS" rows "$ASSURLY" etl load --schema "$DATA/rows.toml" --period "r$ROUND" --log none "$FILE"
    fact "profile_ms_$ROUND" "$(phases "$LOGS/rows.out" profile)"
    fact "phases_ms_$ROUND" "$(phases "$LOGS/rows.out")"
    sql "CREATE TABLE typed LIKE dvf_row_r$(sql "SELECT run_id FROM etl_edition WHERE period = 'r$ROUND'")"
    drop_run "r$ROUND"
    turn "$ROWS" set "${CLIENT[@]}" -e "$(awk -v file="$FILE" -v table=typed -v empty="$EMPTY" -f bin/lib/etl-set.awk datasets/dvf.toml); SELECT COUNT(*) FROM typed"
    sql "DROP TABLE typed"
    turn "$ROWS" whole "$ASSURLY" etl load --schema "$DATA/whole.toml" --period "w$ROUND" --log none "$FILE"
    say "         of whole, ms:$(for p in profile load verify index publish; do printf ' %s %s' $p "$(phases "$LOGS/whole.out" $p)"; done)"
    if [ "$ROUND" -lt "$ROUNDS" ]; then drop_run "w$ROUND"; fi
    if [ "$PANDAS" -gt 0 ]; then
        turn "$PANDAS" pandas /usr/bin/python3 bin/lib/etl-pandas.py "$FILE" "$PANDAS"
        sql "DROP TABLE pandas"
    fi
    say ""
done

# --- exactness ------------------------------------------------------------

# Types of the profile beside those of the reviewed schema: its lengths are of one file, so not compared,
# and of a column that is always empty there is nothing to find.
shapes() { sed -E 's/\(.*//; s/varchar|char/text/; s/(tiny|small|medium|big)?int/integer/'; }
known() { sed -n -E '/^\[\[derived|^\[sale/q; s/^type = "(.*)"/\1/p' "$1" | shapes; }
found() {
    awk -F'"' '/^type = / { type = $2 } /^evidence = / { print (/always empty/ ? "any" : type) }' "$1" | shapes
}
fact types "$(paste <(known datasets/dvf.toml) <(found "$LOGS/profile.out") | awk '$1 == $2 || $2 == "any"' | wc -l)"

oracle() { sed -n -E "s/.*\"$1\": ([0-9]+).*/\1/p" "$DATA/oracle.json" | grep -m 1 . || echo 0; }
RUN=$(sql "SELECT run_id FROM etl_edition WHERE period = 'w$ROUNDS'")
TABLE=dvf_row_r$RUN DIFFERS=0
same() {
    if [ "$2" = "$3" ]; then return 0; fi
    say "differs: $1 is $2, the generator says $3"
    DIFFERS=$((DIFFERS + 1))
}
IFS=$'\t' read -r rows cents corsica letters streets <<<"$(sql "SELECT COUNT(*), CAST(SUM(valeur_fonciere) * 100 AS UNSIGNED), SUM(code_departement IN ('2A', '2B')), SUM(lot_1 LIKE 'A%'), SUM(CHAR_LENGTH(voie)) FROM $TABLE")"
same rows "$rows" "$(oracle rows)"
same cents "$cents" "$(oracle price_cents)"
same Corsica "$corsica" "$(oracle corsica)"
same "lots with letters" "$letters" "$(oracle lots_with_letters)"
same "characters of streets" "$streets" "$(oracle street_characters)"
same sales "$(sql "SELECT COUNT(*) FROM dvf_sale_r$RUN")" "$(oracle sales)"
for reason in date decimal field_count integer nul_byte utf8; do
    same "given back, $reason" "$(sql "SELECT COUNT(*) FROM etl_reject WHERE run_id = $RUN AND reason = '$reason'")" "$(oracle $reason)"
done
fact differs "$DIFFERS"
AGAIN=$("$ASSURLY" etl load --schema "$DATA/whole.toml" --period "w$ROUNDS" --log none "$FILE" | grep -c '"state": "unchanged"')
fact unchanged "$AGAIN"

# --- segments -------------------------------------------------------------

# On one open connection, as the service has them; the first count, which opens it, is not among them.
segment() {
    local name=$1 ms
    shift
    ms=$("$ASSURLY" etl segment count --from 2021-01-01 --to 2021-12-31 --times 20 "$@" |
        sed -E 's/.*"times_ms":\[([0-9,]+)\].*/\1/' | tr , '\n' | sort -n | sed -n 19p)
    fact "$name" "$ms"
}
segment department --department 75 --kind appartement --price-min 100000 --price-max 400000
segment postal --postal-code 75001 --postal-code 75002 --postal-code 69003 --postal-code 13004 --postal-code 31005 --kind maison
segment country --kind maison --price-min 100000 --price-max 400000

awk -F'\t' -f bin/lib/etl-goals.awk "$TURNS" "$FACTS"
stop "$DB_NAME" 60
rm -rf "$DATA" "$VAR/db/bench-etl"
