# shellcheck shell=bash
# The client libraries of tests/clients: Python's in a virtual environment, Node.js among them, and
# npm's beside it, all under var/clients and by the lock files. Needs common.sh and packages.sh.

CLIENTS="$VAR/clients"
CLIENTS_NODE="$CLIENTS/venv/bin/node"

# What they were installed from: another lock file, or another Python, and they are laid out anew.
clients_fingerprint() {
    { /usr/bin/python3 --version && cat tests/clients/requirements.txt tests/clients/package-lock.json; } |
        sha256sum | cut -d' ' -f1
}

# clients_install: returns 1, with the reason in PROBLEM. Asks no registry when nothing has changed.
clients_install() {
    local log="$LOGS/clients-install.log" wanted
    PROBLEM=
    wanted=$(clients_fingerprint)
    if [ "$(cat "$CLIENTS/installed" 2>/dev/null)" = "$wanted" ]; then
        CLIENTS_RESULT="nothing has changed"
        return 0
    fi
    rm -rf "$CLIENTS"
    mkdir -p "$CLIENTS"
    if ! run_logged clients-install "$log" bash "$ROOT/bin/lib/clients-lay-out.sh" "$CLIENTS"; then
        PROBLEM="the client libraries could not be installed"
        show_tail "$log" 20
        return 1
    fi
    printf '%s\n' "$wanted" >"$CLIENTS/installed"
    CLIENTS_RESULT="Node.js $("$CLIENTS_NODE" --version) and the libraries installed into var/clients"
}
