# shellcheck shell=bash
# What every script of bin/ shares: where things are, the clock, one line per
# step, and processes that are started, watched and stopped as a whole.
#
# A script sets SCRIPT (its name in logs, locks and records) and sources this.

if [ -z "${BASH_VERSINFO:-}" ] || [ "${BASH_VERSINFO[0]}" -lt 5 ]; then
    echo "bash 5 or later is needed" >&2
    exit 2
fi
set -u -o pipefail
# Byte order in sorts, a point in numbers, UTF-8 in texts.
export LC_ALL=C.UTF-8

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)"
VAR="$ROOT/var"
LOGS="$VAR/log/$SCRIPT"
RECORDS="$VAR/processes/$SCRIPT"

# --- the clock and the words ----------------------------------------------

# Milliseconds, whatever the decimal mark of EPOCHREALTIME.
now_ms() {
    local t=${EPOCHREALTIME/[^0-9]/}
    NOW=$((t / 1000))
}

now_ms
STARTED=$NOW

# Sets ELAPSED to the time since $1 as "12.3 s" or "4 min 05 s".
elapsed_since() {
    local ms
    now_ms
    ms=$((NOW - $1))
    if [ "$ms" -lt 100000 ]; then
        ELAPSED="$((ms / 1000)).$((ms % 1000 / 100)) s"
    else
        printf -v ELAPSED '%d min %02d s' $((ms / 60000)) $((ms % 60000 / 1000))
    fi
}

say() { printf '%s\n' "$*"; }
warn() { printf 'warning: %s\n' "$*" >&2; }
die() {
    printf '\nerror: %s\n' "$*" >&2
    exit 1
}

# A step of the preparation: begin NAME "what happens", then done "what came of it".
# On a terminal the first line is replaced by the second.
step_begin() {
    STEP_NAME=$1
    now_ms
    STEP_STARTED=$NOW
    if [ -t 1 ]; then printf '  …         %-10s %s' "$1" "$2"; fi
}
step_done() {
    elapsed_since "$STEP_STARTED"
    if [ -t 1 ]; then printf '\r\033[K'; fi
    printf '  %-9s %-10s %s\n' "$ELAPSED" "$STEP_NAME" "$1"
}
step_failed() {
    elapsed_since "$STEP_STARTED"
    if [ -t 1 ]; then printf '\r\033[K'; fi
    printf '  %-9s %-10s FAILED: %s\n' "$ELAPSED" "$STEP_NAME" "$1"
}

# Shows the end of a log, marked as such.
show_tail() {
    local log=$1 lines=${2:-40}
    say "  ---- end of ${log#"$ROOT"/} ----"
    if [ -s "$log" ]; then tail -n "$lines" -- "$log" | sed 's/^/  | /'; else say "  | (empty)"; fi
    say "  ---- the whole log: ${log#"$ROOT"/} ----"
}

# keep_log LOG COUNT: an empty log; the one before keeps its date in its name, COUNT of them stay.
keep_log() {
    local log=$1 count=$2 old
    local -a kept
    if [ -s "$log" ]; then mv -- "$log" "${log%.log}-$(date -r "$log" +%Y%m%d-%H%M%S).log"; fi
    : >"$log"
    kept=("${log%.log}"-[0-9]*.log)
    for old in "${kept[@]:0:$((${#kept[@]} > count ? ${#kept[@]} - count : 0))}"; do
        rm -f -- "$old"
    done
}

# --- var/ and the lock ----------------------------------------------------

prepare_var() {
    mkdir -p "$VAR" "$LOGS" "$RECORDS" "$VAR/lock" 2>/dev/null
    # Logs name clients.
    chmod 0700 "$VAR/log" 2>/dev/null
    if [ ! -w "$LOGS" ] || [ ! -w "$RECORDS" ] || [ ! -w "$VAR/lock" ]; then
        die "$VAR cannot be written: it belongs to $(stat -c %U "$VAR" 2>/dev/null || echo nobody known)." \
            "Run as that user, or remove it."
    fi
}

# One script of a name at a time in this directory. Children close LOCK_FD, so
# that the lock falls with the script, even if that is killed. With the lock in
# hand, whatever an earlier run has left is nobody's, and is stopped.
take_lock() {
    exec {LOCK_FD}>>"$VAR/lock/$SCRIPT"
    flock -n "$LOCK_FD" || die "another bin/$SCRIPT is at work in $ROOT."
    local record
    for record in "$RECORDS"/*; do
        if [ -e "$record" ]; then reap "${record##*/}"; fi
    done
}

# --- processes ------------------------------------------------------------
#
# Everything long-lived gets a session of its own. A Ctrl-C in the terminal then
# reaches the script alone, which stops its processes in the right order; and a
# session can be stopped whole, grandchildren included. The kernel sends TERM to
# the leader if the script dies without a word (kill -9), and the record under
# var/processes lets the next run stop what may remain all the same.

# Reads /proc/PID/stat into STAT_STATE, STAT_SESSION, STAT_START.
read_stat() {
    local line
    { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
    local -a f
    read -r -a f <<<"${line##*) }"
    STAT_STATE=${f[0]}
    STAT_SESSION=${f[3]}
    STAT_START=${f[19]}
}

# Sets MEMBERS to the live processes of session $1.
session_members() {
    local dir pid
    MEMBERS=()
    for dir in /proc/[0-9]*; do
        pid=${dir#/proc/}
        read_stat "$pid" || continue
        if [ "$STAT_SESSION" = "$1" ] && [ "$STAT_STATE" != Z ] && [ "$STAT_STATE" != X ]; then
            MEMBERS+=("$pid")
        fi
    done
}

alive() { read_stat "$1" && [ "$STAT_STATE" != Z ] && [ "$STAT_STATE" != X ]; }

# Stops session $1 within $2 seconds, by force after that.
stop_session() {
    local sid=$1 tries=$(($2 * 10))
    session_members "$sid"
    if [ ${#MEMBERS[@]} -eq 0 ]; then return 0; fi
    kill -TERM "${MEMBERS[@]}" 2>/dev/null
    while [ "$tries" -gt 0 ]; do
        session_members "$sid"
        if [ ${#MEMBERS[@]} -eq 0 ]; then return 0; fi
        sleep 0.1
        tries=$((tries - 1))
    done
    kill -KILL "${MEMBERS[@]}" 2>/dev/null
    sleep 0.1
    session_members "$sid"
    [ ${#MEMBERS[@]} -eq 0 ]
}

declare -A SPAWNED=() # name -> session (= pid of its leader)

# spawn NAME LOG [AS...] -- COMMAND...: in the background, output to LOG.
# AS are further options of setpriv (another user).
spawn() {
    local name=$1 log=$2 lock=${LOCK_FD:-9}
    shift 2
    local -a as=()
    while [ "$1" != -- ]; do
        as+=("$1")
        shift
    done
    shift
    setsid setpriv "${as[@]}" --pdeathsig TERM -- "$@" </dev/null >>"$log" 2>&1 {lock}>&- &
    SPAWN_PID=$!
    SPAWNED[$name]=$SPAWN_PID
    read_stat "$SPAWN_PID" || STAT_START=0
    printf '%s %s %s\n' "$SPAWN_PID" "$STAT_START" "$(cat /proc/sys/kernel/random/boot_id)" >"$RECORDS/$name"
}

# stop NAME SECONDS: the whole session of what spawn started.
stop() {
    local name=$1 sid=${SPAWNED[$1]:-}
    if [ -z "$sid" ]; then return 0; fi
    # Between fork and setsid the leader is not yet in its own session. Only then it is asked here:
    # a second TERM would tell the service to end without waiting for anybody.
    if read_stat "$sid" && [ "$STAT_SESSION" != "$sid" ]; then kill -TERM "$sid" 2>/dev/null; fi
    if ! stop_session "$sid" "$2"; then warn "$name (session $sid) cannot be stopped"; fi
    wait "$sid" 2>/dev/null
    unset "SPAWNED[$name]"
    rm -f "$RECORDS/$name"
}

# Stops what an earlier run that was killed has left under NAME.
reap() {
    local name=$1 sid start boot pid ours=0
    if [ ! -s "$RECORDS/$name" ]; then return 0; fi
    read -r sid start boot <"$RECORDS/$name"
    rm -f "$RECORDS/$name"
    if [ "$boot" != "$(cat /proc/sys/kernel/random/boot_id)" ]; then return 0; fi
    # A leader that started at another time is somebody else's process.
    if read_stat "$sid" && [ "$STAT_START" != "$start" ]; then return 0; fi
    session_members "$sid"
    for pid in "${MEMBERS[@]}"; do
        case "$(readlink "/proc/$pid/cwd")/" in "$ROOT"/*) ours=1 ;; esac
    done
    if [ "$ours" = 1 ]; then
        say "  stopping $name, left by an earlier run that was killed"
        stop_session "$sid" 30 || die "$name (session $sid) of an earlier run cannot be stopped."
    fi
}

# run_logged NAME LOG COMMAND...: waits for it, so that signals are served at once.
run_logged() {
    local name=$1 log=$2 rc
    shift 2
    : >"$log"
    spawn "$name" "$log" -- "$@"
    wait "$SPAWN_PID"
    rc=$?
    leftovers "$name"
    return "$rc"
}

# run_shown: the same, and the output is shown as it comes.
run_shown() {
    local name=$1 log=$2 rc follower lock=${LOCK_FD:-9}
    shift 2
    : >"$log"
    spawn "$name" "$log" -- "$@"
    tail -n +1 -s 0.2 -f --pid="$SPAWN_PID" -- "$log" {lock}>&- &
    follower=$!
    wait "$SPAWN_PID"
    rc=$?
    wait "$follower" 2>/dev/null
    leftovers "$name"
    return "$rc"
}

# guard: from here on, whatever ends the script, what it started is stopped:
# the database last, and with time to close its files.
guard() {
    trap finish EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap 'exit 129' HUP
    trap 'exit 141' PIPE
}
finish() {
    local rc=$? name
    trap '' INT TERM HUP PIPE
    trap - EXIT
    if [ "$rc" -ge 128 ]; then say ""; fi
    # What a script has running that is no process of its own: containers, mounts.
    if declare -F tear_down >/dev/null; then tear_down; fi
    if [ ${#SPAWNED[@]} -gt 0 ]; then
        step_begin stop "stopping"
        for name in "${!SPAWNED[@]}"; do
            case "$name" in database-*) ;; *) stop "$name" 40 ;; esac
        done
        for name in "${!SPAWNED[@]}"; do stop "$name" 40; done
        step_done "all that was started is stopped"
    fi
    if [ -n "${DB_SOCKET_HERE:-}" ]; then rm -rf -- "$DB_SOCKET_HERE"; fi
    exit "$rc"
}

# What a command that has ended left running is stopped, and said.
leftovers() {
    session_members "${SPAWNED[$1]}"
    if [ ${#MEMBERS[@]} -gt 0 ]; then
        warn "$1 left ${#MEMBERS[@]} processes behind; stopping them"
    fi
    stop "$1" 5
}

# --- the network ----------------------------------------------------------

port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Sets PORT to the first free port from $1 on.
free_port() {
    PORT=$1
    while port_taken "$PORT"; do
        PORT=$((PORT + 1))
        if [ "$PORT" -gt $(($1 + 100)) ]; then die "no free port between $1 and $PORT."; fi
    done
}

# http_status HOST PORT PATH: prints the status, nothing if nobody answers.
http_status() {
    local line
    {
        exec 3<>"/dev/tcp/$1/$2" || return 1
        printf 'GET %s HTTP/1.1\r\nHost: %s:%s\r\nConnection: close\r\n\r\n' "$3" "$1" "$2" >&3
        read -r -t 5 line <&3 || line=
        exec 3>&-
    } 2>/dev/null
    if [[ $line =~ ^HTTP/1\.[01]\ ([0-9]{3}) ]]; then printf '%s' "${BASH_REMATCH[1]}"; fi
}
