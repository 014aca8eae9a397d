#!/usr/bin/env bash
# Compiles the modules with the JDK and Tomcat's servlet API, nothing else, and packs one WAR each. The same sources give
# the same bytes.
#
#   build.sh [--javax] OUT     the WARs in OUT; --javax: for Tomcat 9, from the same sources
#
# CATALINA_HOME says where Tomcat is (default: the image's, then Debian's); SERVLET_API names the jar itself.
set -euo pipefail
export LC_ALL=C.UTF-8
HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"
FLAVOUR=jakarta
if [ "${1:-}" = --javax ]; then
    FLAVOUR=javax
    shift
fi
OUT=${1:?usage: build.sh [--javax] OUT}
LOOK=${REFLEX_LOOK:-$HERE/../assets}
RELEASE=${JAVA_RELEASE:-17}

api() {
    local jar
    local -a places=("${CATALINA_HOME:-/usr/local/tomcat}/lib/servlet-api.jar" /usr/share/tomcat10/lib/servlet-api.jar)
    if [ "$FLAVOUR" = javax ]; then places=(/usr/share/java/tomcat9-servlet-api.jar "${CATALINA_HOME:-/usr/local/tomcat}/lib/servlet-api.jar"); fi
    for jar in "${SERVLET_API:-}" "${places[@]}"; do
        if [ -n "$jar" ] && [ -e "$jar" ]; then
            printf '%s' "$jar"
            return
        fi
    done
    echo "servlet-api.jar is not there: install tomcat10-common and libtomcat10-java, or set SERVLET_API" >&2
    return 1
}
API="$(api)"
WORK="$(mktemp -d)"
trap 'rm -rf "$WORK"' EXIT
mkdir -p "$OUT"

# sources MODULE INTO: its sources and the common ones, in the flavour asked for.
sources() {
    mkdir -p "$2"
    cp -R "$HERE/common/src/." "$HERE/$1/src/." "$2"
    if [ "$FLAVOUR" = javax ]; then find "$2" -name '*.java' -exec sed -i 's/\bjakarta\.servlet\b/javax.servlet/g' {} +; fi
}

war() {
    local name=$1 class=$2 order=$3 dir="$WORK/$1"
    sources "$name" "$dir/src"
    mkdir -p "$dir/war/WEB-INF/classes"
    find "$dir/src" -name '*.java' | sort >"$dir/files"
    javac --release "$RELEASE" -encoding UTF-8 -proc:none -Xlint:all,-serial,-processing -Werror -g:source,lines \
        -cp "$API" -d "$dir/war/WEB-INF/classes" @"$dir/files"
    sed -e "s/@NAME@/$name/; s/@CLASS@/$class/; s/@ORDER@/$order/" "$HERE/conf/module.xml" >"$dir/war/WEB-INF/web.xml"
    if [ "$FLAVOUR" = javax ]; then
        sed -i 's|https://jakarta.ee/xml/ns/jakartaee" version="6.0"|http://xmlns.jcp.org/xml/ns/javaee" version="4.0"|' "$dir/war/WEB-INF/web.xml"
    fi
    if [ "$name" = continue ]; then
        # The product's own look, from the one place where it stands.
        mkdir -p "$dir/war/WEB-INF/look"
        cp "$LOOK/site.css" "$LOOK/figtree.woff2" "$LOOK/favicon.svg" "$dir/war/WEB-INF/look/"
        cp "$HERE/continue/questionnaire.css" "$dir/war/WEB-INF/look/"
    fi
    (cd "$dir/war" && find . -type f | sed 's|^\./||' | sort >"$dir/entries" &&
        jar --create --file "$dir/$name.war" --no-manifest --date 2026-01-01T00:00:00Z @"$dir/entries")
    mv "$dir/$name.war" "$OUT/$name.war"
}

war ras-web fr.assurly.reflex.ras.RasModule 1
war dcs fr.assurly.reflex.dcs.DcsModule 1
war cep-core fr.assurly.reflex.cep.CepModule 2
war continue fr.assurly.reflex.ui.ContinueModule 3
(cd "$OUT" && sha256sum cep-core.war continue.war dcs.war ras-web.war)
