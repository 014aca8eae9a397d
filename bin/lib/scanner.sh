# shellcheck shell=bash
# A ClamAV daemon of our own that knows one signature, the text of test of eicar.org: none is downloaded. It shows
# that files go through a scanner; it protects nobody. Needs common.sh and packages.sh.

PACKAGES_SCANNER=(
    'clamav-daemon|clamd|looks for viruses in what people send; no service of the machine is used'
)

# scanner_start NAME: on a socket in var/scanner/NAME. Sets SCANNER (scanner.clamd); 1 with the reason in PROBLEM.
scanner_start() {
    local place="$VAR/scanner/$1" log="$LOGS/scanner.log" tries=600
    # shellcheck disable=SC2016 # a text, and no variables
    local eicar='X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD'
    # shellcheck disable=SC2016
    eicar+='-ANTIVIRUS-TEST-FILE!$H+H*'
    PROBLEM=
    rm -rf "$place"
    mkdir -p "$place/db"
    printf 'Eicar-Test-Signature:0:*:%s\n' "$(printf '%s' "$eicar" | od -An -v -tx1 | tr -d ' \n')" >"$place/db/test.ndb"
    printf '%s\n' "DatabaseDirectory $place/db" "LocalSocket $place/ctl" 'LocalSocketMode 600' 'FixStaleSocket yes' \
        'Foreground yes' 'MaxThreads 4' >"$place/clamd.conf"
    spawn "scanner-$1" "$log" -- env PATH="$PATH:/usr/sbin" clamd --config-file="$place/clamd.conf"
    until [ -S "$place/ctl" ]; do
        tries=$((tries - 1))
        if ! alive "$SPAWN_PID" || [ "$tries" -le 0 ]; then
            show_tail "$log" 20
            PROBLEM="clamd did not start"
            return 1
        fi
        sleep 0.1
    done
    SCANNER="unix:$place/ctl"
}
