# shellcheck shell=bash
# The questionnaire engine's reference sidecar (reflex/) on Debian's Tomcat: a private CATALINA_BASE, its own state,
# secrets and ports, all on the loopback. Needs common.sh and packages.sh.

PACKAGES_REFLEX=(
    'openjdk-17-jdk-headless|javac|compiles the sidecar and runs it'
    'libtomcat10-java|/usr/share/java/tomcat10-catalina.jar|Tomcat, which the sidecar runs in'
    'tomcat10-common|/usr/share/tomcat10/bin/catalina.sh|starts that Tomcat; no service of the machine'
)
PACKAGES_REFLEX_TESTS=(
    'libtomcat9-java|/usr/share/java/tomcat9-catalina.jar|Tomcat 9, where the vendor drops run'
    'tomcat-jakartaee-migration|javax2jakarta|converts them, as the image for Tomcat 10 does'
    'qpdf|qpdf|checks the documents that the sidecar makes'
    'poppler-utils|pdftotext|reads them'
)

# Builds the WARs into var/reflex/wars, unless they are newer than all that they are made of.
reflex_build() {
    local wars="$VAR/reflex/wars"
    if [ -s "$wars/continue.war" ] && [ -z "$(find "$ROOT/reflex" "$ROOT/assets" -type f -newer "$wars/continue.war" -print -quit)" ]; then
        return 0
    fi
    mkdir -p "$wars"
    if ! run_logged reflex-build "$LOGS/reflex-build.log" bash "$ROOT/reflex/build.sh" "$wars"; then
        show_tail "$LOGS/reflex-build.log" 30
        PROBLEM="the sidecar does not build"
        return 1
    fi
}

# The account that Tomcat runs under: never root where that can be helped. Sets REFLEX_AS and REFLEX_OWNER.
REFLEX_ACCOUNT=assurly-reflex
reflex_account() {
    REFLEX_AS=(--no-new-privs)
    REFLEX_OWNER=
    if [ "$(id -u)" -ne 0 ]; then return 0; fi
    if ! id "$REFLEX_ACCOUNT" >/dev/null 2>&1; then
        say "            creating the system account $REFLEX_ACCOUNT: a Tomcat should not run as root"
        useradd --system --user-group --no-create-home --home-dir /nonexistent \
            --shell /usr/sbin/nologin "$REFLEX_ACCOUNT" || die "the account $REFLEX_ACCOUNT cannot be created."
    fi
    local -a as=(--reuid "$REFLEX_ACCOUNT" --regid "$REFLEX_ACCOUNT" --clear-groups --no-new-privs)
    if setpriv "${as[@]}" -- test -x "$VAR" 2>/dev/null; then
        REFLEX_AS=("${as[@]}")
        REFLEX_OWNER=$REFLEX_ACCOUNT
    else
        say "            $ROOT is closed to $REFLEX_ACCOUNT: Tomcat runs as root here"
    fi
}

# reflex_start NAME PORT [CALLBACK]: on the first free ports from PORT on; the state stays in var/reflex/NAME/data. The
# WARs are those of reflex_build, or of REFLEX_WARS.
# Sets REFLEX_URL and REFLEX_SECRETS (the directory of the keys that the service shares); 1 with the reason in PROBLEM.
reflex_start() {
    local name=$1 place="$VAR/reflex/$1" callback=${3:-} port inner tries=600 log
    PROBLEM=
    log="$LOGS/reflex-$name.log"
    reflex_build || return 1
    bash "$ROOT/reflex/lay.sh" "$place" "${REFLEX_WARS:-$VAR/reflex/wars}" || { PROBLEM="$place cannot be laid out"; return 1; }
    reflex_account
    if [ -n "$REFLEX_OWNER" ]; then chown -R "$REFLEX_OWNER:" "$place"; fi
    free_port "$2"
    # shellcheck disable=SC2153 # set by free_port
    port=$PORT
    free_port $((port + 1))
    inner=$PORT
    : >"$log"
    spawn "reflex-$name" "$log" "${REFLEX_AS[@]}" -- env -u JAVA_OPTS \
        CATALINA_HOME=/usr/share/tomcat10 CATALINA_BASE="$place/base" \
        REFLEX_CONFIG_ROOTDIR="$ROOT/reflex/reflex-config" REFLEX_LOG_ROOTDIR="$place/log" \
        REFLEX_DATA_ROOTDIR="$place/data" REFLEX_SECRETS_DIR="$place/secrets" \
        CATALINA_OPTS="-Xms32M -Xmx256M -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+ExitOnOutOfMemoryError -Dfile.encoding=UTF-8 \
-Dreflex.address=127.0.0.1 -Dreflex.port=$port -Dreflex.internal.port=$inner -Dreflex.internal.base=http://127.0.0.1:$inner \
-Dreflex.callback.url=$callback -Dreflex.ui.after=/questionnaire/suite -Dreflex.ui.leave=/questionnaire/suite" /usr/share/tomcat10/bin/catalina.sh run
    until [ "$(reflex_health "$port" "$place")" = 200 ]; do
        tries=$((tries - 1))
        if ! alive "$SPAWN_PID" || [ "$tries" -le 0 ]; then
            stop "reflex-$name" 10
            show_tail "$log" 30
            PROBLEM="the sidecar did not start"
            return 1
        fi
        sleep 0.1
    done
    REFLEX_URL="http://127.0.0.1:$port"
    REFLEX_SECRETS="$place/secrets"
}

# The status of a real path through all modules: an open port proves nothing.
reflex_health() {
    local line key
    key=$(cat "$2/secrets/reflex_integration_key")
    {
        exec 3<>"/dev/tcp/127.0.0.1/$1" || return 1
        printf 'GET /cep-core/integration/v1/health HTTP/1.1\r\nHost: reflex\r\nAuthorization: Bearer %s\r\nConnection: close\r\n\r\n' "$key" >&3
        read -r -t 10 line <&3 || line=
        exec 3>&-
    } 2>/dev/null
    if [[ $line =~ ^HTTP/1\.1\ ([0-9]{3}) ]]; then printf '%s' "${BASH_REMATCH[1]}"; fi
}
