# shellcheck shell=bash
# A private database server: its own data, socket, port, account and settings,
# nothing of the machine's. Needs common.sh and packages.sh, mysql.sh for MySQL.

# Sets DB_COMMAND and DB_VERSION for engine $1; returns 1, with the reason in PROBLEM.
database_engine() {
    case "$1" in
    mariadb)
        DB_COMMAND=("$(PATH="$PATH:/usr/sbin:/sbin" command -v mariadbd)") || {
            PROBLEM="mariadbd is not there"
            return 1
        }
        DB_VERSION="MariaDB $("${DB_COMMAND[0]}" --no-defaults --version | sed -E 's/.*Ver ([0-9.]+).*/\1/')"
        ;;
    mysql) mysql_install ;;
    *) die "no such engine: $1" ;;
    esac
}

# The account that the server runs under: the caller's, but never root where that
# can be helped. Sets DB_AS (options of setpriv) and DB_OWNER.
DB_ACCOUNT=assurly-db
database_account() {
    DB_AS=(--no-new-privs)
    DB_OWNER=
    if [ "$(id -u)" -ne 0 ]; then return 0; fi
    if ! id "$DB_ACCOUNT" >/dev/null 2>&1; then
        say "            creating the system account $DB_ACCOUNT: a database server should not run as root"
        useradd --system --user-group --no-create-home --home-dir /nonexistent \
            --shell /usr/sbin/nologin "$DB_ACCOUNT" || die "the account $DB_ACCOUNT cannot be created."
    fi
    local -a as
    as=(--reuid "$DB_ACCOUNT" --regid "$DB_ACCOUNT" --clear-groups --no-new-privs)
    if setpriv "${as[@]}" -- test -x "$VAR" 2>/dev/null; then
        DB_AS=("${as[@]}")
        DB_OWNER=$DB_ACCOUNT
    else
        say "            $ROOT is closed to $DB_ACCOUNT: the server runs as root here"
    fi
}

# database_start NAME ENGINE durable|fast PORT
#
# durable: the data stay, and survive a power cut; the account owns one database,
#          `assurly`. fast: the data are new at each start and never waited for;
#          the account may create and drop databases.
# Sets DB_URL, DB_PORT, DB_VERSION; returns 1 with the reason in PROBLEM.
database_start() {
    local name=$1 engine=$2 mode=$3 port=$4 password tries
    PROBLEM=
    DB_NAME="database-$name"
    DB_DIR="$VAR/db/$name"
    DB_LOG="$LOGS/$DB_NAME.log"
    database_engine "$engine" || return 1
    database_account
    if [ "$mode" = fast ]; then rm -rf "$DB_DIR"; fi
    mkdir -p "$DB_DIR/files" || { PROBLEM="$DB_DIR cannot be made"; return 1; }
    database_socket

    if [ ! -s "$DB_DIR/password" ]; then
        (umask 077 && od -An -N20 -tx1 /dev/urandom | tr -d ' \n' >"$DB_DIR/password")
    fi
    password=$(cat "$DB_DIR/password")

    database_settings "$engine" "$mode"
    database_accounts "$engine" "$mode" "$password"
    if [ -n "$DB_OWNER" ]; then chown -R "$DB_OWNER:" "$DB_DIR" "$DB_SOCKET_DIR"; fi

    if [ ! -d "$DB_DIR/data" ]; then
        # Elsewhere first: what is cut short is not taken for a data directory.
        rm -rf "$DB_DIR/data.new"
        database_initialize "$engine" || {
            show_tail "$DB_LOG" 20
            PROBLEM="the data directory of $DB_VERSION could not be laid out"
            return 1
        }
        mv "$DB_DIR/data.new" "$DB_DIR/data"
    fi

    # Between the look and the start another may take the port: then the next one.
    for tries in 1 2 3; do
        free_port "$port"
        # shellcheck disable=SC2153 # set by free_port
        DB_PORT=$PORT
        database_run && break
        if [ "$tries" = 3 ] || ! grep -qiE 'bind on TCP/IP port|address already in use' "$DB_LOG"; then
            stop "$DB_NAME" 10
            show_tail "$DB_LOG" 30
            PROBLEM="$DB_VERSION did not start"
            return 1
        fi
        stop "$DB_NAME" 10
        port=$((DB_PORT + 1))
    done

    if [ "$mode" = durable ]; then
        DB_URL="mysql://assurly:$password@127.0.0.1:$DB_PORT/assurly"
    else
        DB_URL="mysql://assurly_test:$password@127.0.0.1:$DB_PORT/assurly_test"
    fi
}

# A socket's path may have some hundred characters only.
database_socket() {
    local old
    if [ -s "$VAR/db/$DB_NAME.socket" ]; then
        old=$(cat "$VAR/db/$DB_NAME.socket")
        case "$old" in /tmp/assurly-db.*) rm -rf -- "$old" ;; esac
        rm -f "$VAR/db/$DB_NAME.socket"
    fi
    DB_SOCKET_DIR="$DB_DIR"
    if [ ${#DB_DIR} -gt 90 ]; then
        DB_SOCKET_DIR=$(mktemp -d /tmp/assurly-db.XXXXXXXX)
        printf '%s\n' "$DB_SOCKET_DIR" >"$VAR/db/$DB_NAME.socket"
        DB_SOCKET_HERE=$DB_SOCKET_DIR # removed by finish
    fi
    rm -f "$DB_SOCKET_DIR/socket" "$DB_SOCKET_DIR/socket.lock"
}

# The settings file: the only one that the server reads.
database_settings() {
    local engine=$1 mode=$2
    {
        say "# Written anew at each start."
        say "[server]"
        say "datadir=$DB_DIR/data"
        say "socket=$DB_SOCKET_DIR/socket"
        say "pid-file=$DB_DIR/server.pid"
        say "bind-address=127.0.0.1"
        say "skip-name-resolve"
        say "skip-log-bin"
        say "max-connections=300"
        # `assurly etl` streams rows with LOAD DATA LOCAL; MySQL takes none unless it is told to.
        say "local-infile=1"
        say "innodb-buffer-pool-size=256M"
        say "init-file=$DB_DIR/accounts.sql"
        if [ "$(id -u)" -eq 0 ] && [ -z "$DB_OWNER" ]; then say "user=root"; fi
        if [ "$mode" = fast ]; then
            say "innodb-flush-log-at-trx-commit=0"
            say "innodb-flush-method=nosync"
            say "innodb-doublewrite=0"
            say "innodb-use-native-aio=0"
            say "innodb-fast-shutdown=2"
            say "performance-schema=0"
        fi
        if [ "$engine" = mysql ]; then
            say "basedir=$MYSQL_HOME/root/usr"
            say "lc-messages-dir=$MYSQL_HOME/root/usr/share/mysql"
            say "character-sets-dir=$MYSQL_HOME/root/usr/share/mysql/charsets"
            say "plugin-dir=$MYSQL_HOME/root/usr/lib/mysql/plugin"
            say "mysqlx=0"
            say "secure-file-priv=NULL"
        else
            say "secure-file-priv=$DB_DIR/files"
            if [ "$mode" = fast ]; then say "sync-frm=0"; fi
        fi
    } >"$DB_DIR/my.cnf"
}

# What the server does at each start: the account and its rights. No account is
# left without a password, and all of them are of this machine.
database_accounts() {
    local engine=$1 mode=$2 password=$3 user=assurly rights="\`assurly\`.*" grant=
    if [ "$mode" = fast ]; then
        user=assurly_test rights='*.*' grant=' WITH GRANT OPTION'
    fi
    (umask 077 && {
        say "CREATE DATABASE IF NOT EXISTS \`$user\`;"
        say "CREATE USER IF NOT EXISTS '$user'@'127.0.0.1' IDENTIFIED BY '$password';"
        say "ALTER USER '$user'@'127.0.0.1' IDENTIFIED BY '$password';"
        say "GRANT ALL PRIVILEGES ON $rights TO '$user'@'127.0.0.1'$grant;"
        # MariaDB's root is known by its system account, through the socket.
        if [ "$engine" = mysql ]; then say "ALTER USER 'root'@'localhost' IDENTIFIED BY '$password';"; fi
    } >"$DB_DIR/accounts.sql")
}

database_initialize() {
    local engine=$1 install cnf="$DB_DIR/install.cnf"
    grep -vE '^(datadir|init-file|innodb-fast-shutdown)=' "$DB_DIR/my.cnf" >"$cnf"
    say "datadir=$DB_DIR/data.new" >>"$cnf"
    mkdir "$DB_DIR/data.new"
    if [ -n "$DB_OWNER" ]; then chown -R "$DB_OWNER:" "$DB_DIR/data.new" "$cnf"; fi
    : >"$DB_LOG"
    if [ "$engine" = mysql ]; then
        install=("${DB_COMMAND[@]}" "--defaults-file=$cnf" --initialize-insecure)
    else
        # --force: a machine that cannot look up its own name is no obstacle.
        install=(mariadb-install-db "--defaults-file=$cnf" --skip-test-db --skip-name-resolve --force
            --auth-root-authentication-method=socket
            "--auth-root-socket-user=${DB_OWNER:-$(id -un)}")
    fi
    spawn "$DB_NAME" "$DB_LOG" "${DB_AS[@]}" -- env TMPDIR="$DB_DIR" "${install[@]}"
    local rc
    wait "$SPAWN_PID"
    rc=$?
    leftovers "$DB_NAME"
    rm -f "$cnf"
    return "$rc"
}

# Starts the server on DB_PORT and waits until it answers, a minute at most.
database_run() {
    local tries=600
    : >"$DB_LOG"
    spawn "$DB_NAME" "$DB_LOG" "${DB_AS[@]}" -- \
        "${DB_COMMAND[@]}" "--defaults-file=$DB_DIR/my.cnf" "--port=$DB_PORT"
    while [ "$tries" -gt 0 ]; do
        if ! alive "$SPAWN_PID"; then return 1; fi
        if grep -q 'ready for connections' "$DB_LOG" && port_taken "$DB_PORT"; then return 0; fi
        sleep 0.1
        tries=$((tries - 1))
    done
    return 1
}
