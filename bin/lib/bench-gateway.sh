#!/usr/bin/env bash
# `bin/bench gateway`: what all the layers cost a call, beside the bare route and beside nginx with ModSecurity.
SCRIPT=bench-gateway
# shellcheck source=bin/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=bin/lib/packages.sh
. "$ROOT/bin/lib/packages.sh"
# shellcheck source=bin/lib/database.sh
. "$ROOT/bin/lib/database.sh"

usage() {
    cat <<'END'
bin/bench gateway [--seconds N] [--rounds N] [--http]

POST /v1/simulations with a JSON document of 1 kB, in turn in one run:
  bare       the same price calculated behind axum alone: no layer, no key, no firewall
  assurly    the whole stack: a key with a plan and a quota, the firewall, every layer
  nginx      nginx in front of the bare route, with limit_req
  modsec     the same with ModSecurity and the Core Rule Set (Debian's packages), at paranoia level 1
One connection (what a call waits for), then 64 (what the machine bears).
Then the firewall alone, in process, for 1 kB and 4 kB (criterion).

  --seconds N   length of each turn (8)
  --rounds N    turns of each (3)
  --http        without the firewall alone, which is another long build

The program is built with --release unless ASSURLY_PROGRAM names one.
END
}

SECONDS_EACH=8 ROUNDS=3 HTTP=0
while [ $# -gt 0 ]; do
    case "$1" in
    --seconds) SECONDS_EACH=${2:?} && shift ;;
    --rounds) ROUNDS=${2:?} && shift ;;
    --http) HTTP=1 ;;
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

PACKAGES_GATEWAY=(
    'wrk|wrk|puts the servers under load'
    'nginx|nginx|the gateway that others would take'
    'libnginx-mod-http-modsecurity|/usr/lib/nginx/modules/ngx_http_modsecurity_module.so|its firewall'
    'modsecurity-crs|/usr/share/modsecurity-crs/owasp-crs.load|the rules of that firewall'
)
step_begin packages "looking at what is there"
need_cargo
install_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_MARIADB[@]}" "${PACKAGES_GATEWAY[@]}" || { step_failed "$PROBLEM"; exit 1; }
step_done "$PACKAGES_RESULT"

step_begin build "cargo build --release"
release_program
step_done "$ASSURLY"
WORK="$VAR/bench-gateway"
rm -rf "$WORK"
mkdir -p "$WORK/temp"

# --- the service, with a key on a plan -------------------------------------

database_start bench-gateway mariadb fast 13346 || { warn "$PROBLEM"; exit 1; }
free_port 18180
OURS=$PORT
free_port $((OURS + 1))
BARE=$PORT
free_port $((BARE + 1))
NGINX=$PORT
free_port $((NGINX + 1))
MODSEC=$PORT
export DATABASE_URL=$DB_URL
export ASSURLY__SERVER__LISTEN=127.0.0.1:$OURS
export ASSURLY__SERVER__ADMIN_LISTEN=127.0.0.1:0
# One machine is all the clients of this run.
export ASSURLY__SERVER__CONNECTIONS_PER_IP_MAX=256
export ASSURLY__SERVER__REQUESTS_PER_IP_PER_S=0
"$ASSURLY" migrate >"$LOGS/migrate.log" 2>&1 || { show_tail "$LOGS/migrate.log" 20; exit 1; }
cat >"$WORK/rules.toml" <<'END'
keys_required = ["quotes.simulate"]

[plans.measure]
rate_per_s = 1000000
burst = 1000000
quota.day = 1000000000
END
"$ASSURLY" gateway rules apply "$WORK/rules.toml" --note measure >"$LOGS/rules.log" 2>&1 || { show_tail "$LOGS/rules.log" 20; exit 1; }
KEY=$("$ASSURLY" gateway key create Measure --plan measure 2>&1 | grep -o 'ask_[A-Za-z0-9_-]*' | tail -1)
[ -n "$KEY" ] || die "no key"
spawn service "$LOGS/service.log" -- "$ASSURLY" serve
SERVICE=$SPAWN_PID
spawn bare "$LOGS/bare.log" -- "$BARE_PROGRAM" "127.0.0.1:$BARE" price
BARE_PID=$SPAWN_PID

# --- nginx, twice -----------------------------------------------------------

# configure NAME PORT: nginx in front of the bare route; what standard input holds goes into its location.
configure() {
    mkdir -p "$WORK/$1"
    cat >"$WORK/$1.conf" <<END
load_module /usr/lib/nginx/modules/ndk_http_module.so;
load_module /usr/lib/nginx/modules/ngx_http_modsecurity_module.so;
daemon off;
pid $WORK/$1/pid;
error_log $LOGS/$1.log error;
worker_processes $(nproc);
events { worker_connections 1024; }
http {
    access_log $LOGS/$1-access.log combined buffer=64k;
    client_body_temp_path $WORK/$1/body;
    proxy_temp_path $WORK/$1/proxy;
    fastcgi_temp_path $WORK/$1/fastcgi;
    uwsgi_temp_path $WORK/$1/uwsgi;
    scgi_temp_path $WORK/$1/scgi;
    keepalive_requests 1000000000;
    limit_req_zone \$http_x_api_key zone=keys:10m rate=1000000r/s;
    upstream bare { server 127.0.0.1:$BARE; keepalive 128; keepalive_requests 1000000000; }
    server {
        listen 127.0.0.1:$2;
        location / {
            limit_req zone=keys burst=1000000 nodelay;
            client_max_body_size 1m;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_pass http://bare;
            $(cat)
        }
    }
}
END
}
# The distribution's settings, but: it blocks, and answers are not read, which ours does not either.
sed -e 's/^SecRuleEngine .*/SecRuleEngine On/' -e 's/^SecResponseBodyAccess .*/SecResponseBodyAccess Off/' \
    -e "s|^SecAuditEngine .*|SecAuditEngine Off|" -e "s|^SecTmpDir .*|SecTmpDir $WORK/temp|" \
    -e "s|^SecDataDir .*|SecDataDir $WORK/temp|" -e "s|^SecUnicodeMapFile |SecUnicodeMapFile /etc/nginx/|" \
    /etc/nginx/modsecurity.conf >"$WORK/modsecurity.conf"
{
    printf 'Include %s\n' "$WORK/modsecurity.conf" /etc/modsecurity/crs/crs-setup.conf
    printf 'Include /usr/share/modsecurity-crs/rules/*.conf\n'
} >"$WORK/main.conf"
configure nginx "$NGINX" </dev/null
configure modsec "$MODSEC" <<<"modsecurity on; modsecurity_rules_file $WORK/main.conf;"
for name in nginx modsec; do
    spawn "$name" "$LOGS/$name-out.log" -- nginx -p "$WORK/$name" -c "$WORK/$name.conf"
done

asked() { curl -s -o /dev/null -w '%{http_code}' -H "X-Api-Key: $KEY" -H 'Content-Type: application/json' --data-binary @docs/examples/one-loan.json "http://127.0.0.1:$1/v1/simulations$2"; }
for port in "$OURS" "$BARE" "$NGINX" "$MODSEC"; do
    for ((try = 0; try < 200; try++)); do
        [ "$(asked "$port" '')" = 200 ] && break
        sleep 0.1
    done
    [ "$(asked "$port" '')" = 200 ] || { show_tail "$LOGS/service.log" 5; show_tail "$LOGS/modsec.log" 5; show_tail "$LOGS/modsec-out.log" 5; die "port $port does not answer"; }
done
ATTACK='?q=1%27%20UNION%20SELECT%20password%20FROM%20users--%20'
say "an injection: assurly $(asked "$OURS" "$ATTACK"), modsec $(asked "$MODSEC" "$ATTACK"), nginx $(asked "$NGINX" "$ATTACK"), bare $(asked "$BARE" "$ATTACK")"

# --- the load ----------------------------------------------------------------

cat >"$WORK/load.lua" <<'END'
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["X-Api-Key"] = os.getenv("KEY")
local file = io.open("docs/examples/one-loan.json", "rb")
wrk.body = file:read("*a")
file:close()
function done(summary, latency)
    io.write(string.format("RESULT %.0f %.0f %.0f %d\n",
        summary.requests / (summary.duration / 1e6), latency:percentile(50), latency:percentile(99),
        summary.errors.status + summary.errors.connect + summary.errors.read
            + summary.errors.write + summary.errors.timeout))
end
END
export KEY

# turn NAME CONNECTIONS PORT: prints a row; leaves RATE, P50, P99 (µs).
turn() {
    local threads=1 result errors
    if [ "$2" -gt 1 ]; then threads=2; fi
    result=$(wrk -t$threads -c"$2" -d"${SECONDS_EACH}s" -s "$WORK/load.lua" "http://127.0.0.1:$3/v1/simulations" | sed -n 's/^RESULT //p')
    read -r RATE P50 P99 errors <<<"$result"
    printf '%-8s %3d connections %8s /s   p50 %7s us   p99 %7s us   errors %s\n' "$1" "$2" "$RATE" "$P50" "$P99" "$errors"
}

say ""
say "== over HTTP, $SECONDS_EACH s each, in turn ($(stat -c %s docs/examples/one-loan.json) bytes of JSON)"
for port in "$OURS" "$BARE" "$NGINX" "$MODSEC"; do
    wrk -t2 -c16 -d2s -s "$WORK/load.lua" "http://127.0.0.1:$port/v1/simulations" >/dev/null
done
for connections in 1 64; do
    for ((round = 1; round <= ROUNDS; round++)); do
        turn bare $connections "$BARE" && bare=$P50 bare_rate=$RATE
        turn assurly $connections "$OURS" && ours=$P50 ours_rate=$RATE
        turn nginx $connections "$NGINX" && nginx=$P50 nginx_rate=$RATE
        turn modsec $connections "$MODSEC" && modsec=$P50 modsec_rate=$RATE
        awk -v b="$bare" -v o="$ours" -v n="$nginx" -v m="$modsec" -v br="$bare_rate" -v or="$ours_rate" -v nr="$nginx_rate" -v mr="$modsec_rate" 'BEGIN {
            printf "         added at p50: assurly %d us, nginx %d us, modsec %d us;  rate of bare: %.2f, %.2f, %.2f\n",
                o - b, n - b, m - b, or / br, nr / br, mr / br }'
    done
done
say ""
say "== memory"
for pid in "$SERVICE" "$BARE_PID"; do
    awk -v n="$pid" '/VmHWM/ { printf "%-8s %.1f MB\n", n, $2 / 1024 }' "/proc/$pid/status"
done | sed -e "s/^$SERVICE /assurly /" -e "s/^$BARE_PID /bare /"
for name in nginx modsec; do
    awk '{ sum += $2 } END { printf "%-8s %.1f MB\n", name, sum / 1024 }' name="$name" \
        < <(for pid in $(pgrep -f "$WORK/$name.conf") $(pgrep -P "$(cat "$WORK/$name/pid")"); do grep VmRSS "/proc/$pid/status"; done)
done

if [ "$HTTP" = 1 ]; then exit 0; fi
say ""
say "== the firewall alone, in process"
if ! run_logged criterion "$LOGS/criterion.log" cargo bench --locked --bench waf; then
    show_tail "$LOGS/criterion.log" 40
    exit 1
fi
awk '/time:/ {
        name = $0; sub(/ *time:.*/, "", name); if (name == "") name = last
        split($0, t, /[][]/); split(t[2], f, " ")
        printf "%-55s %s %s\n", name, f[3], f[4]
    }
    !/time:/ && NF { last = $0 }' "$LOGS/criterion.log"
grep -E ' p50 .* p99 ' "$LOGS/criterion.log"
