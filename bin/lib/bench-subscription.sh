#!/usr/bin/env bash
# `bin/bench subscription`: the server time of each page from the price to the contract, of the documents
# that are signed, and fifty signatures at once.
SCRIPT=bench-subscription
# shellcheck source=bin/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=bin/lib/packages.sh
. "$ROOT/bin/lib/packages.sh"
# shellcheck source=bin/lib/database.sh
. "$ROOT/bin/lib/database.sh"

usage() {
    cat <<'END'
bin/bench subscription [--journeys N] [--signers N]

Each document alone, in process (criterion, benches/documents.rs); then, on the running program with a durable
database: whole journeys one after the other, each address by its median and p95 (aim: p95 below 50 ms), the
wait for the documents that are signed, and so many signatures at once (aim: no error).

  --journeys N   journeys (20)
  --signers N    people who sign at once (50)

ASSURLY_PROGRAM names a program that is built already, and leaves the documents alone out.
END
}

JOURNEYS=20 SIGNERS=50
while [ $# -gt 0 ]; do
    case "$1" in
    --journeys) JOURNEYS=${2:?} && shift ;;
    --signers) SIGNERS=${2:?} && shift ;;
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
PROGRAM=${ASSURLY_PROGRAM:-${CARGO_TARGET_DIR:-$ROOT/target}/release/assurly}
if [ -z "${ASSURLY_PROGRAM:-}" ]; then
    need_cargo
    run_logged build "$LOGS/build.log" cargo build --release --locked --bin assurly || {
        show_tail "$LOGS/build.log" 40
        exit 1
    }
    say "== each document alone, in process"
    run_logged criterion "$LOGS/criterion.log" cargo bench --locked --bench documents || {
        show_tail "$LOGS/criterion.log" 40
        exit 1
    }
    awk '/time:/ { name = $0; sub(/ *time:.*/, "", name); if (name == "") name = last
        match($0, /\[.*\]/); split(substr($0, RSTART + 1, RLENGTH - 2), of, " ")
        printf "  %-28s %s %s\n", name, of[3], of[4] } { last = $1 }' "$LOGS/criterion.log"
fi

step_begin database "starting"
database_start bench-subscription mariadb durable 13346 || { step_failed "$PROBLEM"; exit 1; }
step_done "$DB_VERSION"
export DATABASE_URL=$DB_URL
KEYS=$VAR/bench-subscription
rm -rf "$KEYS"
mkdir -p "$KEYS"
(umask 077 && "$PROGRAM" keyring >"$KEYS/data" && "$PROGRAM" keyring >"$KEYS/health")
"$PROGRAM" seal development --into "$KEYS" >"$LOGS/seal.log" 2>&1 || { show_tail "$LOGS/seal.log"; die "no seal"; }
free_port 18520
export ASSURLY__ENVIRONMENT=development ASSURLY__SERVER__LISTEN="127.0.0.1:$PORT" \
    ASSURLY__SERVER__ADMIN_LISTEN="127.0.0.1:$((PORT + 1))" ASSURLY__CRYPTO__KEYRING_FILE="$KEYS/data" \
    ASSURLY__HEALTH__KEYRING_FILE="$KEYS/health" ASSURLY__SEAL__CERTIFICATE_FILE="$KEYS/certificate.pem" \
    ASSURLY__SEAL__KEY_FILE="$KEYS/key.pem" ASSURLY__STORAGE__URL="file:$KEYS/storage" \
    ASSURLY__SERVER__REQUESTS_PER_IP_PER_S=0 ASSURLY__SERVER__CONNECTIONS_PER_IP_MAX=4096 \
    ASSURLY__SERVER__DRAIN_DELAY_MS=0 ASSURLY__DOSSIERS__CODES_PER_NETWORK=1000000 \
    ASSURLY__DOSSIERS__CODES_IN_ALL=1000000
spawn service "$LOGS/service.log" -- "$PROGRAM" serve
TRIES=600
until [ "$(http_status 127.0.0.1 "$PORT" /readyz)" = 200 ]; do
    TRIES=$((TRIES - 1))
    if [ "$TRIES" -le 0 ]; then show_tail "$LOGS/service.log"; die "the service does not start"; fi
    sleep 0.1
done
say ""
say "== the pages, the documents, and $SIGNERS signatures at once"
python3 "$ROOT/deploy/drive/subscription.py" --base "http://127.0.0.1:$PORT" --journeys "$JOURNEYS" \
    --signers "$SIGNERS"
RC=$?
stop service 40
exit "$RC"
