#!/usr/bin/env bash
# `bin/bench proxy`: the way to the questionnaire engine beside nginx, in front of the same Tomcat.
SCRIPT=bench-proxy
# shellcheck source=bin/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=bin/lib/packages.sh
. "$ROOT/bin/lib/packages.sh"
# shellcheck source=bin/lib/database.sh
. "$ROOT/bin/lib/database.sh"
# shellcheck source=bin/lib/reflex.sh
. "$ROOT/bin/lib/reflex.sh"

usage() {
    cat <<'END'
bin/bench proxy [--seconds N] [--rounds N]

In turn, in one run, over 64 connections, each with a questionnaire of its own in one Tomcat:
  tomcat     the engine itself, nobody in front
  nginx      Debian's, connections to the engine kept, the token set by it
  assurly    our proxy: who asks, the list of paths, headers, the sealed token, the breaker
for three exchanges: a page of the questionnaire, a file of 256 KiB, and a document of 256 KiB that is
sent and refused by the engine. Then the same page over one connection: what a proxy adds at the median.

  --seconds N   length of each turn (8)
  --rounds N    turns of each (3)
ASSURLY_PROGRAM names a program that was built before.
END
}

SECONDS_EACH=8 ROUNDS=3
while [ $# -gt 0 ]; do
    case "$1" in
    --seconds) SECONDS_EACH=${2:?} && shift ;;
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
install_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_MARIADB[@]}" "${PACKAGES_REFLEX[@]}" 'wrk|wrk|puts the service under load' \
    'nginx|nginx|what we are compared with; no service of the machine' 'python3|/usr/bin/python3|fills in the journey' || die "$PROBLEM"
release_program

WORK="$VAR/bench-proxy"
rm -rf "$WORK" "$VAR/db/bench-proxy" "$VAR/reflex/bench"
(umask 077 && mkdir -p "$WORK/wars" "$WORK/tmp" "$WORK/storage")

# The engine of this repository, with a file of 256 KiB in the place of its font.
reflex_build || die "$PROBLEM"
cp "$VAR"/reflex/wars/*.war "$WORK/wars/"
mkdir -p "$WORK/WEB-INF/look"
head -c 262144 /dev/urandom >"$WORK/WEB-INF/look/figtree.woff2"
(cd "$WORK" && jar uf wars/continue.war WEB-INF/look/figtree.woff2) || die "the engine cannot be given a large file"
REFLEX_WARS="$WORK/wars"
reflex_start bench 18290 || die "$PROBLEM"

database_start bench-proxy mariadb fast 13356 || die "$PROBLEM"
free_port 18380
SERVICE_PORT=$PORT
free_port $((SERVICE_PORT + 1))
NGINX_PORT=$PORT
HOST="http://127.0.0.1:$SERVICE_PORT"
export DATABASE_URL=$DB_URL
export ASSURLY__ENVIRONMENT=development
export ASSURLY__SERVER__LISTEN=127.0.0.1:$SERVICE_PORT
export ASSURLY__SERVER__ADMIN_LISTEN=127.0.0.1:0
export ASSURLY__SERVER__PUBLIC_URL=$HOST
# One machine is all the clients of this run, and one person all the load.
export ASSURLY__SERVER__CONNECTIONS_PER_IP_MAX=256
export ASSURLY__SERVER__REQUESTS_PER_IP_PER_S=0
export ASSURLY__UNDERWRITING__RATE_PER_S=100000
export ASSURLY__UNDERWRITING__RATE_BURST=100000
# As many as nginx lets through: what the limit costs is not what is measured.
export ASSURLY__UNDERWRITING__CONCURRENT_MAX=64
# Keys first: once there is an engine, the program asks for all of them.
for name in crypto health medical; do
    (umask 077 && "$ASSURLY" keyring >"$WORK/keyring-$name") || die "no keyring"
done
export ASSURLY__CRYPTO__KEYRING_FILE="$WORK/keyring-crypto"
export ASSURLY__HEALTH__KEYRING_FILE="$WORK/keyring-health"
export ASSURLY__UNDERWRITING__MEDICAL_KEYRING_FILE="$WORK/keyring-medical"
export ASSURLY__UNDERWRITING__URL=$REFLEX_URL
export ASSURLY__UNDERWRITING__INTEGRATION_KEY_FILE=$REFLEX_SECRETS/reflex_integration_key
export ASSURLY__TELEMETRY__FILTER=warn
export ASSURLY__STORAGE__URL="file:$WORK/storage"
"$ASSURLY" migrate >"$LOGS/migrate.log" 2>&1 || { show_tail "$LOGS/migrate.log" 20; exit 1; }
spawn service "$LOGS/service.log" -- "$ASSURLY" serve
SERVICE=$SPAWN_PID
until [ "$(http_status 127.0.0.1 "$SERVICE_PORT" /readyz)" = 200 ]; do
    alive "$SERVICE" || { show_tail "$LOGS/service.log" 40; exit 1; }
    sleep 0.05
done

# Somebody at the first question, by the pages; and a session of the engine's own for the other two.
COOKIES=$(python3 "$ROOT/bin/lib/bench-proxy.py" journey "$HOST") || die "the journey does not come to the questionnaire"
TOKEN=$(python3 "$ROOT/bin/lib/bench-proxy.py" session "$REFLEX_URL" "$REFLEX_SECRETS/reflex_integration_key") ||
    die "the engine opens no session"

cat >"$WORK/nginx.conf" <<END
daemon off;
pid $WORK/nginx.pid;
error_log $LOGS/nginx.log warn;
worker_processes auto;
events { worker_connections 1024; }
http {
    access_log off;
    server_tokens off;
    client_max_body_size 1m;
    client_body_buffer_size 512k;
    client_body_temp_path $WORK/tmp/body; proxy_temp_path $WORK/tmp/proxy;
    fastcgi_temp_path $WORK/tmp/f; uwsgi_temp_path $WORK/tmp/u; scgi_temp_path $WORK/tmp/s;
    upstream reflex { server ${REFLEX_URL#http://}; keepalive 64; keepalive_requests 100000; }
    server {
        listen 127.0.0.1:$NGINX_PORT backlog=256;
        keepalive_requests 1000000;
        location / {
            proxy_pass http://reflex;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Authorization "Bearer $TOKEN";
            proxy_set_header X-Forwarded-For \$remote_addr;
            proxy_set_header X-Request-Id \$request_id;
            proxy_set_header Cookie "";
        }
    }
}
END
spawn nginx "$LOGS/nginx-out.log" -- nginx -c "$WORK/nginx.conf"
until [ "$(http_status 127.0.0.1 "$NGINX_PORT" /continue/question/1)" = 200 ]; do
    alive "$SPAWN_PID" || { show_tail "$LOGS/nginx.log" 20; show_tail "$LOGS/nginx-out.log" 20; exit 1; }
    sleep 0.05
done

cat >"$WORK/load.lua" <<'END'
wrk.method = os.getenv("METHOD")
wrk.headers["Cookie"] = os.getenv("SAYS_COOKIE")
wrk.headers["Authorization"] = os.getenv("SAYS_TOKEN") and "Bearer " .. os.getenv("SAYS_TOKEN")
if wrk.method == "PUT" then
    wrk.headers["Content-Type"] = "application/json"
    wrk.headers["Sec-Fetch-Site"] = "same-origin"
    -- A document that the engine reads to its end and refuses: it is written down nowhere.
    wrk.body = '{"revision":0,"answers":{"nobody_asks_this":"' .. string.rep("x", 261000) .. '"}}'
end
function done(summary, latency)
    io.write(string.format("RESULT %.0f %.3f %.3f %d %d\n", summary.requests / (summary.duration / 1e6),
        latency:percentile(50) / 1000, latency:percentile(99) / 1000, summary.errors.status,
        summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
END

# load WHO CONNECTIONS PATH: RATE, P50, P99, REFUSED (statuses of 400 and more), LOST.
load() {
    local at cookie='' token=''
    case "$1" in
    tomcat) at=$REFLEX_URL token=$TOKEN ;;
    nginx) at="http://127.0.0.1:$NGINX_PORT" ;;
    assurly) at=$HOST cookie=$COOKIES ;;
    esac
    local -a says=()
    if [ -n "$cookie" ]; then says+=("SAYS_COOKIE=$cookie"); fi
    if [ -n "$token" ]; then says+=("SAYS_TOKEN=$token"); fi
    local threads=2
    if [ "$2" = 1 ]; then threads=1; fi
    read -r RATE P50 P99 REFUSED LOST < <(env "${says[@]}" wrk -t"$threads" -c"$2" -d"$4s" -s "$WORK/load.lua" "$at$3" | sed -n 's/^RESULT //p')
}

# turns NAME CONNECTIONS PATH: the three in turn, and ours against nginx's.
turns() {
    local round who rate=0 p99=0
    say ""
    say "== $1, $2 connections, $SECONDS_EACH s each"
    for who in tomcat nginx assurly; do load "$who" "$2" "$3" 2; done
    for ((round = 1; round <= ROUNDS; round++)); do
        for who in tomcat nginx assurly; do
            load "$who" "$2" "$3" "$SECONDS_EACH"
            printf '%-10s %8s /s   p50 %8s ms   p99 %8s ms   refused %s   lost %s\n' "$who" "$RATE" "$P50" "$P99" "$REFUSED" "$LOST"
            if [ "$who" = tomcat ]; then BARE50=$P50; fi
            if [ "$who" = nginx ]; then rate=$RATE p99=$P99 NGINX50=$P50; fi
        done
        awk -v a="$RATE" -v b="$rate" -v c="$P99" -v d="$p99" -v e="$P50" -v f="$BARE50" -v g="$NGINX50" 'BEGIN {
            if (b == 0 || d == 0) { print "           nginx answered nothing: give it more --seconds"; exit }
            printf "           throughput %.0f %% of nginx, p99 %.0f %%, added at p50: %.3f ms (nginx %.3f ms)\n",
                100 * a / b, 100 * c / d, e - f, g - f }'
    done
}

METHOD=GET
export METHOD
turns "a page of the questionnaire" 64 /continue/question/1
turns "a file of 256 KiB" 64 /continue/look/figtree.woff2
METHOD=PUT
turns "a document of 256 KiB, sent" 64 /cep-core/api/v1/answers
METHOD=GET
turns "a page, alone" 1 /continue/question/1
say ""
say "== memory of the service after the load"
awk '/VmRSS|VmHWM/ { printf "%s %.1f MB\n", $1, $2 / 1024 }' "/proc/$SERVICE/status"
