#!/bin/bash
# Stands in for the entry point of the official image of MySQL, for what our compose
# file uses of it: MYSQL_DATABASE, MYSQL_USER, passwords in files, scripts at the first
# start; begun as root, it reads the passwords, gives the folders away and becomes the
# account mysql, as that one does. The packages are Debian's. Used in tests of the
# deployment only.
set -euo pipefail

# secret NAME: exports NAME out of the file NAME_FILE.
secret() {
    local file="${1}_FILE"
    if [ -n "${!file:-}" ]; then export "$1=$(head -n 1 "${!file}")"; unset "$file"; fi
}

if [ "${1:-}" != mysqld ]; then exec "$@"; fi
DATA=/var/lib/mysql RUN=/var/run/mysqld
secret MYSQL_PASSWORD
secret MYSQL_ROOT_PASSWORD
if [ "$(id -u)" = 0 ]; then
    mkdir -p "$RUN" "$DATA"
    chown mysql:mysql "$RUN" "$DATA"
    exec setpriv --reuid mysql --regid mysql --clear-groups "$0" "$@"
fi
shift
SERVER=(mysqld --no-defaults --datadir="$DATA" --socket="$RUN/mysqld.sock" --pid-file="$RUN/mysqld.pid"
    --secure-file-priv=NULL "$@")

if [ ! -d "$DATA/mysql" ]; then
    echo "laying out the data" >&2
    "${SERVER[@]}" --initialize-insecure
    "${SERVER[@]}" --skip-networking --mysqlx=OFF &
    PID=$!
    until mysqladmin --no-defaults --socket="$RUN/mysqld.sock" -uroot ping >/dev/null 2>&1; do
        kill -0 "$PID" || { echo "the server does not start" >&2; exit 1; }
        sleep 0.2
    done
    {
        printf "CREATE DATABASE IF NOT EXISTS \`%s\`;\n" "$MYSQL_DATABASE"
        printf "CREATE USER '%s'@'%%' IDENTIFIED BY '%s';\n" "$MYSQL_USER" "$MYSQL_PASSWORD"
        printf "GRANT ALL ON \`%s\`.* TO '%s'@'%%';\n" "$MYSQL_DATABASE" "$MYSQL_USER"
        printf "CREATE USER 'root'@'%%' IDENTIFIED BY '%s';\n" "$MYSQL_ROOT_PASSWORD"
        printf "GRANT ALL ON *.* TO 'root'@'%%' WITH GRANT OPTION;\n"
        for script in /docker-entrypoint-initdb.d/*.sql; do
            if [ -f "$script" ]; then cat "$script"; fi
        done
        printf "ALTER USER 'root'@'localhost' IDENTIFIED BY '%s';\n" "$MYSQL_ROOT_PASSWORD"
    } | mysql --no-defaults --socket="$RUN/mysqld.sock" -uroot
    kill "$PID"
    wait "$PID" || true
fi
unset MYSQL_PASSWORD MYSQL_ROOT_PASSWORD
exec "${SERVER[@]}" --mysqlx=OFF
