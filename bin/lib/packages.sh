# shellcheck shell=bash
# Debian packages: looks first, then says what is missing and why, then installs.
#
# Of MariaDB only the "core" packages are taken: programs without a service, a
# configuration or an account. So nothing is started, and a database service
# that the machine may already have is not touched.

# package | what shows that it is there: a command or a file | why
PACKAGES_BUILD=(
    'gcc|cc|links the program and compiles the C part of the cryptography'
    'libc6-dev|/usr/include/stdlib.h|headers for that C part'
    'ca-certificates|/etc/ssl/certs/ca-certificates.crt|lets cargo trust crates.io'
)
PACKAGES_MARIADB=(
    'mariadb-server-core|mariadbd|the private database server'
    'mariadb-client-core|my_print_defaults|used to lay out its data directory'
)
# Node.js is not among them: Debian's is older than the libraries ask for. It comes with those.
PACKAGES_CLIENTS=(
    'python3|/usr/bin/python3|runs the client libraries in Python and installs the others'
    'python3-venv|/usr/lib/python3*/ensurepip/__main__.py|keeps them in var/clients, away from the system'
)
PACKAGES_BROWSER=(
    'chromium|chromium|the browser that the journeys are tested in'
    'chromium-driver|chromedriver|drives it'
    'fonts-dejavu-core|/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf|a font, so that pages have a layout'
)

PACKAGES_DOCUMENTS=(
    'poppler-utils|pdftotext|reads the documents as any reader does'
    'qpdf|qpdf|checks the structure of the documents'
)
PACKAGES_BACKUP=(
    'age|age|encrypts backups'
    'mariadb-client|mariadb-dump|writes the dumps of backups, in the tests on MariaDB'
)
PACKAGES_S3=(
    'python3-venv|/usr/share/doc/python3-venv|holds moto, the S3 server of the tests'
)

there() {
    case "$1" in
    /*) compgen -G "$1" >/dev/null ;;
    # A plain user's PATH lacks the sbin directories, where servers live.
    *) PATH="$PATH:/usr/sbin:/sbin" command -v "$1" >/dev/null 2>&1 ;;
    esac
}

# install_packages ROW...: returns 1, with the reason in PROBLEM, if one cannot be had.
install_packages() {
    local row name probe why log="$LOGS/packages.log"
    local -a missing=() as=()
    PROBLEM=
    for row in "$@"; do
        IFS='|' read -r name probe why <<<"$row"
        if ! there "$probe"; then
            if [ ${#missing[@]} -eq 0 ] && [ -t 1 ]; then printf '\r\033[K'; fi
            say "            missing: $name ($why)"
            missing+=("$name")
        fi
    done
    if [ ${#missing[@]} -eq 0 ]; then
        PACKAGES_RESULT="nothing missing"
        return 0
    fi
    if ! command -v apt-get >/dev/null 2>&1; then
        PROBLEM="apt-get is not there; install by hand what corresponds to: ${missing[*]}"
        return 1
    fi
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null 2>&1; then
            PROBLEM="neither root nor sudo; as root: apt-get install --no-install-recommends ${missing[*]}"
            return 1
        fi
        say "            installing them needs root: sudo may ask for your password"
        sudo -v || { PROBLEM="sudo refused; as root: apt-get install --no-install-recommends ${missing[*]}"; return 1; }
        as=(sudo)
    fi
    : >"$log"
    if ! apt_install "$log" "${missing[@]}"; then
        # The lists are missing or too old for the mirror.
        say "            refreshing the package lists"
        "${as[@]}" apt-get -o DPkg::Lock::Timeout=120 update >>"$log" 2>&1 </dev/null
        if ! apt_install "$log" "${missing[@]}"; then
            show_tail "$log" 20
            PROBLEM="apt-get could not install: ${missing[*]}"
            return 1
        fi
    fi
    for row in "$@"; do
        IFS='|' read -r name probe why <<<"$row"
        if ! there "$probe"; then
            PROBLEM="package $name is installed but $probe is not there"
            return 1
        fi
    done
    PACKAGES_RESULT="installed: ${missing[*]}"
}

# Takes `as` from its caller.
apt_install() {
    local log=$1
    shift
    "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -q \
        -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 \
        install --no-install-recommends "$@" >>"$log" 2>&1 </dev/null
}

# The Rust toolchain is the one thing that is expected to be there.
need_cargo() {
    if ! command -v cargo >/dev/null 2>&1 && [ -x "$HOME/.cargo/bin/cargo" ]; then
        PATH="$HOME/.cargo/bin:$PATH"
    fi
    command -v cargo >/dev/null 2>&1 && return 0
    local version
    version=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' "$ROOT/Cargo.toml")
    say "            Debian's own is too old; take it from https://rustup.rs, or from Debian's package of"
    say "            rustup where there is one (13 and later): apt install rustup && rustup default stable"
    die "cargo is not there: a Rust toolchain of $version or later is needed."
}

# pypi_tool NAME VERSION WHY REQUIREMENT...: from PyPI, under var/tools/NAME; on failure PROBLEM.
pypi_tool() {
    local name=$1 version=$2 why=$3 home="$VAR/tools/$1" log="$LOGS/$1-install.log"
    shift 3
    PROBLEM=
    if [ "$(cat "$home/version" 2>/dev/null)" = "$version" ]; then return 0; fi
    say "            installing $name $version into var/tools (once: $why)"
    rm -rf "$home"
    if python3 -m venv "$home" >"$log" 2>&1 && "$home/bin/pip" install --quiet "$@" >>"$log" 2>&1; then
        say "$version" >"$home/version"
        return 0
    fi
    PROBLEM="$name $version could not be installed"
    show_tail "$log" 20
    return 1
}
moto_server() { pypi_tool moto "$1" "the S3 server of the tests" "moto[s3]==$1" flask flask-cors; }
pyhanko() { pypi_tool pyhanko "$1" "the judge of seals in the tests" "pyHanko==$1" pyhanko-cli==0.6.0; }

# cargo_tool NAME VERSION: of that very version, under var/tools; on failure PROBLEM.
cargo_tool() {
    local name=$1 version=$2 tool="$VAR/tools/bin/$1" log="$LOGS/$1-install.log"
    PATH="$VAR/tools/bin:$PATH"
    PROBLEM=
    if [ "$("$tool" --version 2>/dev/null)" = "$name $version" ]; then return 0; fi
    say "            building $name $version into var/tools (once, some minutes)"
    run_logged "$name-install" "$log" \
        cargo install "$name" --locked --version "=$version" --force --quiet --root "$VAR/tools" && return 0
    PROBLEM="$name $version could not be installed"
    show_tail "$log" 20
    return 1
}

# release_program: the program to measure, in ASSURLY: the one that ASSURLY_PROGRAM names, or one built here.
# The bare handler beside it, in BARE_PROGRAM.
release_program() {
    ASSURLY=${ASSURLY_PROGRAM:-${CARGO_TARGET_DIR:-$ROOT/target}/release/assurly}
    BARE_PROGRAM=${ASSURLY%/*}/examples/bare
    if [ -n "${ASSURLY_PROGRAM:-}" ]; then return 0; fi
    if ! run_logged build "$LOGS/build.log" cargo build --release --locked --bin assurly --example bare; then
        show_tail "$LOGS/build.log" 40
        exit 1
    fi
}
