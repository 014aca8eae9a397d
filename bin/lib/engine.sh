# shellcheck shell=bash
# A container engine of its own: dockerd with its data below var/engine and its
# socket in a private folder, compose and buildx beside it. Needs root, Debian's
# docker.io and debootstrap; no registry is asked.
#
# It leaves no bridge of its own behind (`--bridge none`), so that an engine which
# the machine already runs is not disturbed; compose makes the networks it names.
# Images stay in var/engine between two runs: the second one is warm.

ENGINE="$VAR/engine"
PACKAGES_ENGINE=(
    'docker.io|dockerd|the container engine'
    'debootstrap|debootstrap|lays out the base images, since no registry is asked'
    'iptables|iptables|lets the engine keep its networks apart'
)

PACKAGES_CHAOS=(
    'libfaketime|/usr/lib/*/faketime/libfaketime.so.1|steps the clock of the service alone'
    'e2fsprogs|mkfs.ext4|a disk that can be filled'
)

# engine_possible: returns 1, with the reason in PROBLEM, on a machine where no engine can run.
engine_possible() {
    PROBLEM=
    if [ "$(id -u)" -ne 0 ]; then
        PROBLEM="an engine of its own needs root"
    elif ! grep -q overlay /proc/filesystems; then
        PROBLEM="the kernel has no overlay file system"
    elif [ ! -e /sys/fs/cgroup/cgroup.controllers ] && [ ! -d /sys/fs/cgroup/memory ]; then
        PROBLEM="no control groups are mounted at /sys/fs/cgroup"
    elif ! unshare --mount --net --pid --fork true 2>/dev/null; then
        PROBLEM="this machine lets nobody make namespaces"
    fi
    [ -z "$PROBLEM" ]
}

# engine_plugins: compose and buildx, plain packages of Debian, unpacked and not installed.
engine_plugins() {
    local apt="$ENGINE/apt" log="$LOGS/plugins.log" plugins="$ENGINE/cli/cli-plugins" keys deb
    local -a get
    if [ -x "$plugins/docker-compose" ] && [ -x "$plugins/docker-buildx" ]; then return 0; fi
    keys=/usr/share/keyrings/debian-archive-keyring.gpg
    rm -rf "$apt"
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/unpacked" "$plugins"
    debian_mirror
    printf 'deb [signed-by=%s] %s trixie main\n' "$keys" "$MIRROR" >"$apt/sources.list"
    get=(apt-get -q -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=-
        -o Dir::State::Lists="$apt/lists" -o Dir::Cache="$apt/cache" -o Acquire::Languages=none
        -o Acquire::Retries=3 -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false
        -o APT::Sandbox::User=root)
    if ! run_logged plugins "$log" "${get[@]}" update ||
        ! (cd "$apt" && "${get[@]}" download docker-compose docker-buildx) >>"$log" 2>&1; then
        show_tail "$log" 20
        PROBLEM="docker-compose and docker-buildx cannot be had from $MIRROR"
        return 1
    fi
    for deb in "$apt"/*.deb; do dpkg-deb -x "$deb" "$apt/unpacked"; done
    cp "$apt"/unpacked/usr/libexec/docker/cli-plugins/docker-* "$plugins/"
    rm -rf "$apt"
}

# engine_start: DOCKER_HOST and DOCKER_CONFIG are set; returns 1 with PROBLEM.
engine_start() {
    local log="$LOGS/engine.log" tries=300
    install_packages "${PACKAGES_ENGINE[@]}" || return 1
    mkdir -p "$ENGINE/data" "$ENGINE/cli"
    engine_plugins || return 1
    # One engine at a time on these data, whichever script it is of.
    if [ "$(cat "/proc/$(cat "$ENGINE/pid" 2>/dev/null)/comm" 2>/dev/null)" = dockerd ]; then
        PROBLEM="another script has its engine on var/engine"
        return 1
    fi
    rm -f "$ENGINE/pid"
    # A socket's path has room for 107 characters, and var/ may be deep.
    ENGINE_RUN=$(mktemp -d /tmp/engine.XXXXXX)
    printf '{}\n' >"$ENGINE/daemon.json"
    : >"$log"
    spawn engine "$log" -- dockerd --config-file "$ENGINE/daemon.json" --data-root "$ENGINE/data" \
        --exec-root "$ENGINE_RUN/exec" --pidfile "$ENGINE/pid" --host "unix://$ENGINE_RUN/sock" \
        --bridge none
    export DOCKER_HOST="unix://$ENGINE_RUN/sock" DOCKER_CONFIG="$ENGINE/cli" DOCKER_BUILDKIT=1
    until docker version >/dev/null 2>&1; do
        tries=$((tries - 1))
        if [ "$tries" -le 0 ] || ! alive "$SPAWN_PID"; then
            show_tail "$log" 30
            PROBLEM="the engine does not start"
            return 1
        fi
        sleep 0.1
    done
    ENGINE_VERSION="engine $(docker version -f '{{.Server.Version}}'), compose $(docker compose version --short)"
}

# engine_stop: the engine and the folder of its sockets.
engine_stop() {
    stop engine 60
    if [ -n "${ENGINE_RUN:-}" ]; then rm -rf -- "$ENGINE_RUN"; fi
    ENGINE_RUN=
}

have_image() { docker image inspect "$1" >/dev/null 2>&1; }

# What base images are made of: name, image, suite, packages.
BASES=(
    'debian|debian:bookworm-slim|bookworm|'
    'mysql|standin/mysql-packages|sid|mysql-server-core,mysql-client-core'
    'tomcat|tomcat:10.1-jdk17-temurin|bookworm|openjdk-17-jdk-headless,libtomcat10-java,tomcat10-common,tomcat10-user,curl,ca-certificates'
    'caddy|caddy:2|bookworm|caddy,ca-certificates'
)

# base_trees: root trees by debootstrap in var/engine/roots, of the images that are missing. Side by side: each is
# the work of one processor.
base_trees() {
    local one name image suite packages tree
    local -a laying=()
    debian_mirror
    for one in "${BASES[@]}"; do
        IFS='|' read -r name image suite packages <<<"$one"
        tree="$ENGINE/roots/$name"
        if have_image "$image" || [ -e "$tree.whole" ]; then continue; fi
        rm -rf "$tree"
        mkdir -p "$tree"
        spawn "base-$name" "$LOGS/base-$name.log" -- \
            debootstrap --variant=minbase ${packages:+--include="$packages"} "$suite" "$tree" "$MIRROR"
        laying+=("$name")
    done
    PROBLEM=
    for name in "${laying[@]}"; do
        if wait "${SPAWNED[base-$name]}"; then
            : >"$ENGINE/roots/$name.whole"
        else
            show_tail "$LOGS/base-$name.log" 20
            PROBLEM="the tree of $name cannot be laid out from $MIRROR"
        fi
        leftovers "base-$name"
    done
    [ -z "$PROBLEM" ]
}

# base_import NAME IMAGE CHANGE...: the tree becomes an image, without what a package manager left.
base_import() {
    local tree="$ENGINE/roots/$1" image=$2
    shift 2
    tar -C "$tree" --exclude='./var/lib/apt/lists/*' --exclude='./var/cache/apt/*' \
        --exclude='./usr/share/doc/*' --exclude='./usr/share/locale/*' --exclude='./proc/*' \
        --exclude='./sys/*' -c . | docker import "$@" - "$image" >/dev/null || {
        PROBLEM="$image cannot be imported"
        return 1
    }
    rm -rf "$tree" "$tree.whole"
}

base_failed() { PROBLEM=${PROBLEM:-the base image of $1 cannot be made}; }

# engine_bases: images under the names that the Dockerfiles say, made of Debian's packages.
engine_bases() {
    local context="$ROOT/deploy/standin"
    base_trees || return 1
    have_image debian:bookworm-slim || base_import debian debian:bookworm-slim -c 'CMD ["bash"]' ||
        { base_failed debian; return 1; }
    have_image standin/mysql-packages || {
        chroot "$ENGINE/roots/mysql" useradd --system --uid 999 --home-dir /var/lib/mysql mysql &&
            base_import mysql standin/mysql-packages
    } || { base_failed mysql; return 1; }
    docker build -q --network none -t mysql:9.7 "$context/mysql" >/dev/null || { base_failed mysql; return 1; }
    have_image tomcat:10.1-jdk17-temurin || {
        "$context/tomcat/lay-out.sh" "$ENGINE/roots/tomcat" &&
            base_import tomcat tomcat:10.1-jdk17-temurin -c 'WORKDIR /usr/local/tomcat' \
                -c 'ENV CATALINA_HOME=/usr/local/tomcat PATH=/usr/local/tomcat/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
                -c 'EXPOSE 8080' -c 'CMD ["catalina.sh", "run"]' &&
            docker tag tomcat:10.1-jdk17-temurin tomcat:10.1-jre17-temurin
    } || { base_failed tomcat; return 1; }
    have_image caddy:2 || base_import caddy caddy:2 -c 'CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile"]' ||
        { base_failed caddy; return 1; }
}
