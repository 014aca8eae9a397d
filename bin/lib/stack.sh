# shellcheck shell=bash
# The compose file as bin/compose-smoke and bin/chaos run it: a project of its own, secrets of its own,
# ports of its own on the loopback, codes readable (environment "development").

STACK="$VAR/$SCRIPT"
# Each script has ports and a network of its own: two checkouts may be at work.
case "$SCRIPT" in
chaos) STACK_PORT=18580 STACK_EDGE=172.29.18.0/24 ;;
*) STACK_PORT=18480 STACK_EDGE=172.29.19.0/24 ;;
esac
STACK_ADDRESS="127.0.0.1:$STACK_PORT"
PROXY_ADDRESS="127.0.0.1:$((STACK_PORT + 1))"

STACK_FILES=(-f "$ROOT/docker-compose.yml" -f "$ROOT/deploy/standin/crowd.yml")

compose() { docker compose --project-directory "$ROOT" "${STACK_FILES[@]}" "$@"; }

# tear_down: containers, networks, volumes and the engine, however the script ends.
tear_down() {
    if [ -z "${ENGINE_RUN:-}" ]; then return 0; fi
    if [ -n "${COMPOSE_PROJECT_NAME:-}" ]; then
        compose --profile '*' down -v --remove-orphans --timeout 10 >"$LOGS/down.log" 2>&1
    fi
    engine_stop
    if declare -F after_tear_down >/dev/null; then after_tear_down; fi
}

# stack_images PROGRAM PREVIOUS: assurly/app:this, :previous, :bad, assurly/ops, the engine's; 1 with PROBLEM.
stack_images() {
    local architecture
    architecture=$(docker version -f '{{.Server.Arch}}')
    mkdir -p "$ROOT/dist/$architecture"
    local -a build=(docker build --network host --build-arg PROGRAM=prebuilt)
    {
        strip -o "$ROOT/dist/$architecture/assurly" "$2" &&
            "${build[@]}" --target app -t assurly/app:previous "$ROOT" &&
            strip -o "$ROOT/dist/$architecture/assurly" "$1" &&
            "${build[@]}" --target app -t assurly/app:this "$ROOT" &&
            docker build --network none -t assurly/app:bad "$ROOT/deploy/standin/bad" &&
            "${build[@]}" --target ops -t assurly/ops "$ROOT" &&
            docker build --network none -f "$ROOT/reflex/Dockerfile" -t assurly/reflex-reference "$ROOT"
    } >"$LOGS/images.log" 2>&1 || {
        show_tail "$LOGS/images.log" 30
        PROBLEM="the images do not build"
        return 1
    }
    export ASSURLY_IMAGE=assurly/app:this
}

image_sizes() {
    docker images --format '{{.Repository}}:{{.Tag}} {{.Size}}' | grep -E '^assurly/(app:this|ops|reflex)' |
        sed -e 's/:latest//' | sort | paste -sd, | sed 's/,/, /g'
}

# stack_secrets: a folder of secrets that nobody else uses, and a key of backups.
stack_secrets() {
    local public
    rm -rf "$STACK"
    mkdir -p "$STACK"
    chmod 0711 "$STACK"
    "$ROOT/bin/secrets" "$STACK/secrets" >"$LOGS/secrets.log" 2>&1 || { PROBLEM="bin/secrets failed"; return 1; }
    (umask 077 && docker run --rm --network none --entrypoint age-keygen assurly/ops >"$STACK/identity" 2>/dev/null) ||
        { PROBLEM="no key of backups"; return 1; }
    public=$(sed -n 's/^# public key: //p' "$STACK/identity")
    printf '%s\n' "$public" >>"$STACK/secrets/backup_recipients"
    chown 10001 "$STACK/identity"
    export COMPOSE_PROJECT_NAME="assurly-$SCRIPT" ASSURLY_SECRETS="$STACK/secrets" \
        ASSURLY_ENVIRONMENT=development ASSURLY_PORT="$STACK_ADDRESS" ASSURLY_PUBLIC_URL="http://$STACK_ADDRESS" \
        ASSURLY_HTTP="$PROXY_ADDRESS" ASSURLY_HTTPS="127.0.0.1:$((STACK_PORT + 2))" ASSURLY_EDGE=$STACK_EDGE
}

# ready_line: what it says, without what compose paints around it.
ready_line() { compose logs --no-color --no-log-prefix ready 2>/dev/null | tail -n 1 | sed 's/\x1b\[[0-9;]*[A-Za-z]//g'; }

ops() { compose run --rm -T ops "$@" </dev/null; }
ops_with_identity() { compose run --rm -T -v "$STACK/identity:/identity:ro" ops "$@" </dev/null; }

# sql STATEMENT: asked as root in the database's own container.
sql() {
    compose exec -T mysql sh -c 'MYSQL_PWD=$(cat /run/secrets/mysql_root) mysql -h127.0.0.1 -uroot -N -B assurly' <<<"$1"
}

# What must be the same after a restore, while no copy serves: checksums of all tables, and each document. A name
# with `#1` at its end is half of an object, of a copy that was killed while it wrote.
fingerprint() {
    local table
    for table in $(sql "SELECT table_name FROM information_schema.tables WHERE table_schema='assurly' ORDER BY 1"); do
        sql "CHECKSUM TABLE \`$table\`"
    done
    docker run --rm --network none -v "${COMPOSE_PROJECT_NAME}_storage:/s:ro" --entrypoint sh debian:bookworm-slim \
        -c 'cd /s && find . -type f ! -name "*#*" | sort | xargs -r sha256sum'
}

# stack_fill MEGABYTES: quotes that were kept are kept again under other names, until the tables hold so much.
stack_fill() {
    local held=0 before=-1
    while [ "$held" -lt $(($1 * 1000000)) ] && [ "$held" -gt "$before" ]; do
        before=$held
        sql "INSERT INTO quote (id, created_at, expires_at, tariff_version, request, result, schedules)
            SELECT UUID_TO_BIN(UUID(), 1), created_at, expires_at, tariff_version, request, result, schedules
            FROM quote ORDER BY id LIMIT 4000"
        held=$(sql "SELECT SUM(LENGTH(request) + LENGTH(result) + LENGTH(schedules)) FROM quote")
    done
    FILLED="$(sql "SELECT COUNT(*) FROM quote") quotes, $((held / 1000000)) MB of them"
}

# stack_wipe: no data left but the backups; an empty database.
stack_wipe() {
    compose --profile '*' down >"$LOGS/wipe.log" 2>&1 &&
        docker volume rm "${COMPOSE_PROJECT_NAME}_mysql-data" "${COMPOSE_PROJECT_NAME}_storage" >>"$LOGS/wipe.log" 2>&1 &&
        compose up -d --wait --no-build mysql >>"$LOGS/wipe.log" 2>&1
}

# stack_closed: MySQL and the engine cannot be reached from this machine's ports, nor from another network.
stack_closed() {
    local service port
    PROBLEM=
    for service in mysql:3306 reflex:8080 app:9464 app:8081; do
        port=$(compose port "${service%:*}" "${service#*:}" 2>/dev/null)
        case "$port" in '' | *:0) ;; *) PROBLEM="$service is published on $port" ;; esac
    done
    # A container beside the service, on the one network that leads outside.
    for service in mysql/3306 reflex/8080; do
        if docker run --rm --network "${COMPOSE_PROJECT_NAME}_front" --entrypoint bash debian:bookworm-slim \
            -c "timeout 3 bash -c 'exec 3<>/dev/tcp/$service'" 2>/dev/null; then
            PROBLEM="$service answers on the network of the world"
        fi
    done
    # And these two reach nothing outside.
    if [ "$(docker network inspect -f '{{.Internal}}' "${COMPOSE_PROJECT_NAME}_back")" != true ]; then
        PROBLEM="the network «back» leads outside"
    fi
    [ -z "$PROBLEM" ]
}

# stack_rights: what each container may do.
stack_rights() {
    local id name said
    PROBLEM=
    for id in $(compose ps -q); do
        said=$(docker inspect -f '{{.Name}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{gt .HostConfig.Memory 0}} {{.HostConfig.SecurityOpt}} user={{.Config.User}}' "$id")
        name=${said%% *}
        case "$said" in
        *" true [ALL] true [no-new-privileges:true] user="*) ;;
        *) PROBLEM="$said" ;;
        esac
        # Whom the program really runs as: nobody's number, for the database its own account.
        said=$(docker top "$id" -o pid,uid,args | awk 'NR > 1 { print ($2 == 0) }' | sort -u)
        if [ "$said" != 0 ]; then PROBLEM="$name runs as root, or nobody knows"; fi
    done
    [ -z "$PROBLEM" ]
}

# stack_whole: nothing lost, nothing doubled, whatever was killed. PROBLEM says what.
stack_whole() {
    local doubled lost
    doubled=$(sql "SELECT COUNT(*) FROM (SELECT dossier_id FROM contract GROUP BY dossier_id HAVING COUNT(*) > 1) x")
    lost=$(sql "SELECT COUNT(*) FROM dossier d WHERE d.version <> (SELECT COUNT(*) FROM dossier_event e WHERE e.dossier_id = d.id)")
    PROBLEM=
    if [ "${doubled:-?}" != 0 ]; then PROBLEM="$doubled dossiers have two contracts"; fi
    if [ "${lost:-?}" != 0 ]; then PROBLEM="$lost dossiers lack an event of their history"; fi
    [ -z "$PROBLEM" ]
}

# stack_roll: each copy replaced by ASSURLY_IMAGE, the next one only when the first is healthy again.
stack_roll() {
    compose run --rm -T migrate </dev/null &&
        compose up -d --no-deps --no-build --wait app2 &&
        compose up -d --no-deps --no-build --wait app
}

idle_memory() {
    # shellcheck disable=SC2046 # one argument for each container
    docker stats --no-stream --format '{{.Name}} {{.MemUsage}}' $(compose ps -q) |
        sed -e "s/^${COMPOSE_PROJECT_NAME}-//" -e 's/-1 / /' -e 's| / .*||' | sort | paste -sd, | sed 's/,/, /g'
}

# --- people -----------------------------------------------------------------

# drive NAME OPTION...: journeys, to their end; one line each in the log.
drive() {
    local name=$1
    shift
    python3 "$ROOT/deploy/drive/journey.py" --base "http://$STACK_ADDRESS" "$@" >"$LOGS/drive-$name.log" 2>&1
}
drive_behind() {
    local name=$1
    shift
    : >"$LOGS/drive-$name.log"
    spawn "drive-$name" "$LOGS/drive-$name.log" -- python3 "$ROOT/deploy/drive/journey.py" \
        --base "http://$STACK_ADDRESS" "$@"
}
drive_ended() {
    local rc
    wait "${SPAWNED[drive-$1]}"
    rc=$?
    stop "drive-$1" 5
    return "$rc"
}
journeys_line() {
    python3 - "$LOGS/drive-$1.log" <<'PY'
import collections, json, sys
done = []
for line in open(sys.argv[1]):
    try:
        done.append(json.loads(line))
    except ValueError:
        print(line.strip()[:300], end="; ")
ok = [one for one in done if one["ok"]]
paths = collections.Counter(one["path"].upper() for one in ok)
print(f"{len(ok)} of {len(done)} signed ({', '.join(f'{path} {paths[path]}' for path in sorted(paths))}), "
      f"{sum(one['retries'] for one in done)} requests tried again", end="")
for one in done:
    if not one["ok"]:
        print(f"; {one['why'][:200]}", end="")
        break
PY
}
load_behind() {
    local name=$1
    shift
    : >"$LOGS/load-$name.log"
    spawn "load-$name" "$LOGS/load-$name.log" -- python3 "$ROOT/deploy/drive/load.py" --base "http://$PROXY_ADDRESS" \
        --status "$LOGS/load-$name.json" "$@"
}
# load_ended NAME: asks it to stop; 0 when not one request failed.
load_ended() {
    local rc
    kill -TERM "${SPAWNED[load-$1]}" 2>/dev/null
    wait "${SPAWNED[load-$1]}"
    rc=$?
    stop "load-$1" 5
    return "$rc"
}
load_line() { tail -n 1 "$LOGS/load-$1.log"; }
