# shellcheck shell=bash
# The real MySQL, from Debian unstable's packages unpacked in a folder.
#
# Debian stable has MariaDB only. The packages are downloaded with everything
# that they depend on, down to the C library, checked by apt against Debian's
# keys, and unpacked without being installed: no root, no chroot, no script of
# theirs is run. The server starts through its own dynamic loader, because the
# machine's C library is older than the one it wants.
#
# Unstable moves, so no version is pinned: the version is said at each start.
# If MySQL cannot be had, that is a failure; MariaDB never takes its place.

MYSQL_HOME="$VAR/mysql"

# mysql_install: returns 1, with the reason in PROBLEM.
mysql_install() {
    local log="$LOGS/mysql-install.log" mirror keys=/usr/share/keyrings/debian-archive-keyring.gpg
    local apt="$MYSQL_HOME/apt" deb
    local -a get
    PROBLEM=
    if [ ! -f "$MYSQL_HOME/complete" ]; then
        : >"$log"
        if [ ! -f "$keys" ]; then
            PROBLEM="$keys is not there: without Debian's keys nothing can be checked"
            return 1
        fi
        rm -rf "$MYSQL_HOME"
        mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$MYSQL_HOME/root"
        : >"$apt/status"
        debian_mirror
        mirror=$MIRROR
        printf 'deb [signed-by=%s] %s sid main\n' "$keys" "$mirror" >"$apt/sources.list"
        # The machine's own apt settings (a proxy, say) hold, its sources and state do not.
        get=(apt-get -q -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=-
            -o Dir::State="$apt" -o Dir::State::Lists="$apt/lists" -o Dir::State::status="$apt/status"
            -o Dir::Cache="$apt/cache" -o Acquire::Languages=none -o Acquire::Retries=3
            -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false -o APT::Sandbox::User=root)
        if ! run_logged mysql-lists "$log" "${get[@]}" update; then
            show_tail "$log" 20
            PROBLEM="the package lists of Debian unstable cannot be had from $mirror"
            return 1
        fi
        # An empty status file: all dependencies are downloaded.
        if ! run_logged mysql-download "$log" "${get[@]}" -y --no-install-recommends --download-only \
            install mysql-server-core mysql-client-core; then
            show_tail "$log" 20
            PROBLEM="the packages of MySQL cannot be downloaded from $mirror"
            return 1
        fi
        for deb in "$apt"/cache/archives/*.deb; do
            if ! dpkg-deb -x "$deb" "$MYSQL_HOME/root" >>"$log" 2>&1; then
                PROBLEM="$deb cannot be unpacked"
                return 1
            fi
        done
        rm -rf "$apt"
        chmod -R go+rX "$MYSQL_HOME/root"
        : >"$MYSQL_HOME/complete"
    fi
    mysql_command
}

# Sets MIRROR: the one that the machine uses for Debian itself, DEBIAN_MIRROR if given.
debian_mirror() {
    MIRROR=${DEBIAN_MIRROR:-}
    if [ -z "$MIRROR" ]; then
        MIRROR=$(cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list /etc/apt/sources.list 2>/dev/null |
            sed -n -E -e 's/^URIs:[[:space:]]*([^[:space:]]+).*/\1/p' \
                -e 's/^deb[[:space:]]+(\[[^]]*\][[:space:]]+)?([^[:space:]]+).*/\2/p' |
            grep -E '/debian/?$' | head -n 1)
    fi
    if [ -z "$MIRROR" ]; then MIRROR=http://deb.debian.org/debian; fi
}

# Sets DB_COMMAND and DB_VERSION.
mysql_command() {
    local root="$MYSQL_HOME/root" loader libraries tool
    loader=$(find "$root/usr/lib" -maxdepth 2 -name 'ld-linux*.so.*' | head -n 1)
    if [ -z "$loader" ] || [ ! -x "$root/usr/sbin/mysqld" ]; then
        PROBLEM="var/mysql is incomplete: remove it and try again"
        return 1
    fi
    libraries=$(dirname "$loader")
    DB_COMMAND=(env OPENSSL_CONF=/dev/null "OPENSSL_MODULES=$libraries/ossl-modules"
        "$loader" --library-path "$libraries" --argv0 "$root/usr/sbin/mysqld" "$root/usr/sbin/mysqld")
    DB_VERSION=$("${DB_COMMAND[@]}" --no-defaults --version 2>&1) || {
        PROBLEM="MySQL does not start: $DB_VERSION"
        return 1
    }
    # Its own tools under their own names, for backups.
    MYSQL_TOOLS="$MYSQL_HOME/tools"
    mkdir -p "$MYSQL_TOOLS"
    for tool in mysqldump mysql; do
        printf '#!/bin/sh\nexec env OPENSSL_CONF=/dev/null OPENSSL_MODULES="%s/ossl-modules" "%s" --library-path "%s" "%s" "$@"\n' \
            "$libraries" "$loader" "$libraries" "$root/usr/bin/$tool" >"$MYSQL_TOOLS/$tool"
        chmod 0755 "$MYSQL_TOOLS/$tool"
    done
    DB_VERSION="MySQL $(sed -E 's/.*Ver ([^ ]+).*/\1/' <<<"$DB_VERSION")"
}
