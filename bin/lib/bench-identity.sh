#!/usr/bin/env bash
# `bin/bench identity`: what knowing the caller costs a request, and what a login costs beside its hash.
SCRIPT=bench-identity
# shellcheck source=bin/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=bin/lib/packages.sh
. "$ROOT/bin/lib/packages.sh"
# shellcheck source=bin/lib/database.sh
. "$ROOT/bin/lib/database.sh"
# shellcheck source=bin/lib/tokens.sh
. "$ROOT/bin/lib/tokens.sh"

usage() {
    cat <<'END'
bin/bench identity [--seconds N] [--rounds N] [--tries N]

In turn, in one run, on the running program:
  open       POST /v1/simulations without a token
  verified   the same with a good one: verified, though the operation asks for none
  bare       the check of the same signature alone, in process (criterion)
  logins     the password grant, behind its two locks, 4 at a time
  hash       the check of the same password alone, in process (criterion)
  doubt      how long a login is refused: a wrong password, and an address that nobody has, in turn
A request's cost is the program's processor time over the requests that it answered.

  --seconds N   length of each turn (8)
  --rounds N    turns of each (3)
  --tries N     refused logins of each kind (60)
END
}

SECONDS_EACH=8 ROUNDS=3 TRIES=60
while [ $# -gt 0 ]; do
    case "$1" in
    --seconds) SECONDS_EACH=${2:?} && shift ;;
    --rounds) ROUNDS=${2:?} && shift ;;
    --tries) TRIES=${2:?} && shift ;;
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
install_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_MARIADB[@]}" 'wrk|wrk|puts the service under load' 'curl|curl|logs in' || die "$PROBLEM"
release_program

# Under load every core is busy: so are they for what the load is compared with.
say "== in process, on each core at once"
run_logged criterion "$LOGS/criterion.log" cargo bench --locked --bench access --no-run || {
    show_tail "$LOGS/criterion.log" 40
    exit 1
}
BENCH=$(sed -n 's/.*Executable .*(\(.*\))/\1/p' "$LOGS/criterion.log")
for ((core = 1; core < $(nproc); core++)); do
    spawn "beside-$core" "$LOGS/beside-$core.log" -- env CRITERION_HOME="$VAR/criterion-$core" "$BENCH" --bench
done
run_logged criterion "$LOGS/criterion.log" "$BENCH" --bench || { show_tail "$LOGS/criterion.log" 40; exit 1; }
for ((core = 1; core < $(nproc); core++)); do stop "beside-$core" 5; done
awk '/time:/ {
        name = $0; sub(/ *time:.*/, "", name); if (name == "") name = last
        split($0, t, /[][]/); split(t[2], f, " ")
        printf "%-55s %s %s\n", name, f[3], f[4]
    }
    !/time:/ && NF { last = $0 }' "$LOGS/criterion.log"

WORK="$VAR/bench-identity"
rm -rf "$WORK" "$VAR/db/bench-identity"
mkdir -p "$WORK"
database_start bench-identity mariadb fast 13346 || die "$PROBLEM"
free_port 18180
SERVICE_PORT=$PORT
HOST="http://127.0.0.1:$SERVICE_PORT"
export DATABASE_URL=$DB_URL
export ASSURLY__SERVER__LISTEN=127.0.0.1:$SERVICE_PORT
export ASSURLY__SERVER__ADMIN_LISTEN=127.0.0.1:0
export ASSURLY__SERVER__PUBLIC_URL=$HOST
# One machine is all the clients of this run.
export ASSURLY__SERVER__CONNECTIONS_PER_IP_MAX=256
export ASSURLY__SERVER__REQUESTS_PER_IP_PER_S=0
export ASSURLY__IDENTITY__ATTEMPTS_BURST=1000000
export ASSURLY__CRYPTO__KEYRING_FILE="$WORK/keyring"
(umask 077 && "$ASSURLY" keyring >"$WORK/keyring") || die "no keyring"
"$ASSURLY" migrate >"$LOGS/migrate.log" 2>&1 || { show_tail "$LOGS/migrate.log" 20; exit 1; }
spawn service "$LOGS/service.log" -- "$ASSURLY" serve
SERVICE=$SPAWN_PID
until [ "$(http_status 127.0.0.1 "$SERVICE_PORT" /readyz)" = 200 ]; do
    alive "$SERVICE" || { show_tail "$LOGS/service.log" 40; exit 1; }
    sleep 0.05
done

person zoe@exemple.fr
application devis:lire
TOKENS="$HOST/pools/clients/oauth2/token"
FORM=$(password_form zoe@exemple.fr devis:lire)
TOKEN=$(curl -s "$TOKENS" -d "grant_type=client_credentials&client_id=$CLIENT_ID&client_secret=$SECRET&scope=devis:lire" | field access_token)
[ -n "$TOKEN" ] || { show_tail "$LOGS/service.log" 10; die "no token"; }
# A change of an application is in force a little later.
until curl -s "$TOKENS" -d "$FORM" | grep -q access_token; do sleep 1; done

cat >"$WORK/load.lua" <<'END'
wrk.method = "POST"
wrk.headers["Content-Type"] = os.getenv("MEDIA")
wrk.headers["Authorization"] = os.getenv("TOKEN") and "Bearer " .. os.getenv("TOKEN")
local file = io.open(os.getenv("BODY"), "rb")
wrk.body = file:read("*a")
file:close()
function done(summary, latency)
    io.write(string.format("RESULT %d %.0f %.2f %.2f %d\n", summary.requests,
        summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1000,
        latency:percentile(99) / 1000,
        summary.errors.status + summary.errors.connect + summary.errors.read
            + summary.errors.write + summary.errors.timeout))
end
END
printf '%s' "$FORM" >"$WORK/form"

# turn NAME CONNECTIONS PATH: prints a row, and leaves the processor time of a request in COST (µs).
turn() {
    local before result count rate p50 p99 errors
    ticks "$SERVICE" && before=$TICKS
    result=$(wrk -t2 -c"$2" -d"${SECONDS_EACH}s" -s "$WORK/load.lua" "$HOST$3" | sed -n 's/^RESULT //p')
    ticks "$SERVICE"
    read -r count rate p50 p99 errors <<<"$result"
    COST=$(awk -v t="$((TICKS - before))" -v n="$count" -v h="$(getconf CLK_TCK)" 'BEGIN { printf "%.1f", t / h * 1e6 / n }')
    RATE=$rate
    printf '%-10s %8s /s   p50 %8s ms   p99 %8s ms   processor %9s us a request   errors %s\n' "$1" "$rate" "$p50" "$p99" "$COST" "$errors"
}
# ticks PID: processor time of a process, in clock ticks, in TICKS.
ticks() { TICKS=$(awk '{ sub(/^.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"); }

say ""
say "== over HTTP, $SECONDS_EACH s each, in turn"
export BODY=docs/examples/one-loan.json MEDIA=application/json
wrk -t2 -c64 -d2s -s "$WORK/load.lua" "$HOST/v1/simulations" >/dev/null
for ((round = 1; round <= ROUNDS; round++)); do
    turn open 64 /v1/simulations
    OPEN=$COST
    TOKEN=$TOKEN turn verified 64 /v1/simulations
    awk -v a="$OPEN" -v b="$COST" 'BEGIN { printf "           added by the token: %.1f us\n", b - a }'
done
export BODY="$WORK/form" MEDIA=application/x-www-form-urlencoded
for ((round = 1; round <= ROUNDS; round++)); do
    turn logins 4 /pools/clients/oauth2/token
    awk -v r="$RATE" -v c="$COST" 'BEGIN { printf "           %.1f logins/s, %.1f /s per core\n", r, 1e6 / c }'
done

say ""
say "== refused logins, one at a time: median and 95th in ms"
for ((try = 1; try <= TRIES; try++)); do
    # A new account for each few tries: one account has so many.
    if [ $((try % 4)) = 1 ]; then person "p$try@exemple.fr" && KNOWN="p$try%40exemple.fr"; fi
    for kind in wrong nobody; do
        [ "$kind" = wrong ] && name=$KNOWN || name="n$try%40exemple.fr"
        curl -s -o /dev/null -w '%{time_total} %{http_code}\n' "$TOKENS" \
            -d "grant_type=password&client_id=$CLIENT_ID&client_secret=$SECRET&scope=devis:lire&username=$name&password=pas+le+bon+$try" >>"$WORK/$kind"
    done
done
for kind in wrong nobody; do
    sort -n "$WORK/$kind" | awk -v k="$kind" '{ t[NR] = $1 * 1000; s[$2]++ } END { printf "%-8s %6.2f %6.2f   answers:", k, t[int((NR + 1) / 2)], t[int(NR * 0.95)]; for (c in s) printf " %s x %d", c, s[c]; print "" }'
done
