#!/usr/bin/env bash
# All tests of the sidecar: the sources by themselves, the cases of the knowledge base, then the WARs in a real Tomcat.
#
#   test.sh WORK [unit|tomcat|browser|tomcat9|vendor|measure]...     all tests without a name; WORK holds what is built
set -euo pipefail
export LC_ALL=C.UTF-8
HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"
WORK=${1:?usage: test.sh WORK [unit|tomcat|browser|tomcat9|vendor|measure]...}
shift
PARTS=${*:-unit tomcat browser tomcat9 vendor}
API=${SERVLET_API:-/usr/share/tomcat10/lib/servlet-api.jar}
rm -rf "$WORK/classes"
mkdir -p "$WORK/classes"
WORK="$(cd "$WORK" && pwd -P)"
find "$HERE"/{common,cep-core,ras-web,dcs,continue}/src "$HERE/test/src" -name '*.java' | sort >"$WORK/files"
javac --release 17 -encoding UTF-8 -proc:none -Xlint:all,-serial,-processing,-try -Werror -cp "$API" -d "$WORK/classes" @"$WORK/files"

run() {
    java -Xmx256M -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8 -cp "$WORK/classes:$API" \
        -DREFLEX_CONFIG_ROOTDIR="$HERE/reflex-config" -Dreflex.home="$HERE" -Dreflex.work="$WORK" "$@"
}

# tomcat HOME WARS TESTS...
tomcat() {
    local home=$1 wars=$2
    shift 2
    run -Dreflex.axe="${REFLEX_AXE:-$HERE/../tests/browser/vendor/axe.min.js}" -Dreflex.catalina="$home" -Dreflex.wars="$wars" fr.assurly.reflex.test.Run "$@"
}

# Tomcat 9 of Debian is jars only: its libraries, started by what starts Tomcat 10.
home9() {
    local jar name
    if [ ! -e /usr/share/java/tomcat9-catalina.jar ]; then return 1; fi
    rm -rf "$WORK/tomcat9"
    mkdir -p "$WORK/tomcat9/lib" "$WORK/tomcat9/bin"
    cp -L /usr/share/tomcat10/bin/{bootstrap.jar,tomcat-juli.jar,catalina.sh,setclasspath.sh} "$WORK/tomcat9/bin/"
    for jar in /usr/share/java/tomcat9-*.jar; do
        name=${jar##*/tomcat9-}
        case "$name" in *-9.*.jar | juli.jar) continue ;; esac
        cp -L "$jar" "$WORK/tomcat9/lib/"
    done
}

# The javax WARs, made over as the image's build stage does.
convert() {
    local war
    if ! command -v javax2jakarta >/dev/null; then return 1; fi
    rm -rf "$WORK/converted"
    mkdir -p "$WORK/converted"
    for war in "$WORK"/wars9/*.war; do javax2jakarta -profile=EE "$war" "$WORK/converted/${war##*/}" >/dev/null 2>&1; done
}

ignored() {
    echo "test $1 ... ignored, $2"
    echo "test result: ok. 0 passed; 0 failed; 1 ignored;"
}

T=fr.assurly.reflex.tomcat
RC=0
for part in $PARTS; do
    case "$part" in
    unit)
        echo "== unit: the sources by themselves"
        P=fr.assurly.reflex
        run $P.test.Run $P.common.JsonTest $P.common.StoreTest $P.cep.TokensTest $P.cep.CallbackSignatureTest $P.ras.LoaderTest \
            $P.ras.CasesTest $P.dcs.PdfTest $P.ui.EntryTest || RC=1
        ;;
    tomcat)
        echo "== tomcat: the WARs in Tomcat 10"
        "$HERE/build.sh" "$WORK/wars"
        "$HERE/build.sh" "$WORK/wars-again"
        diff -r "$WORK/wars" "$WORK/wars-again" || { echo "two builds differ"; RC=1; }
        tomcat /usr/share/tomcat10 "$WORK/wars" $T.ContractTest $T.BordersTest $T.SurvivalTest || RC=1
        ;;
    browser)
        echo "== browser: the questionnaire in Chromium"
        if [ ! -d "$WORK/wars" ]; then "$HERE/build.sh" "$WORK/wars"; fi
        tomcat /usr/share/tomcat10 "$WORK/wars" $T.BrowserTest || RC=1
        ;;
    measure)
        # The JVM as the image runs it, then as the tests do.
        if [ ! -d "$WORK/wars" ]; then "$HERE/build.sh" "$WORK/wars"; fi
        for jvm in -XX:TieredStopAtLevel=4 -XX:TieredStopAtLevel=1; do
            echo "== measure: -XX:+UseSerialGC $jvm"
            run -Dreflex.jvm=$jvm -Dreflex.catalina=/usr/share/tomcat10 -Dreflex.wars="$WORK/wars" $T.Measure
        done
        ;;
    tomcat9)
        echo "== tomcat9: the same sources as javax, in Tomcat 9"
        if home9; then
            "$HERE/build.sh" --javax "$WORK/wars9"
            tomcat "$WORK/tomcat9" "$WORK/wars9" $T.ContractTest $T.BordersTest || RC=1
        else
            ignored tomcat9 "libtomcat9-java is not there"
        fi
        ;;
    vendor)
        echo "== vendor: a drop is looked at, and javax WARs converted for Tomcat 10"
        if ! home9; then
            ignored vendor "libtomcat9-java is not there"
        else
            if [ ! -d "$WORK/wars9" ]; then "$HERE/build.sh" --javax "$WORK/wars9"; fi
            bash "$HERE/test/vendor.sh" "$WORK" "$WORK/wars9" || RC=1
            if convert; then
                tomcat /usr/share/tomcat10 "$WORK/converted" $T.ConvertedTest || RC=1
            else
                ignored converted "tomcat-jakartaee-migration is not there"
            fi
        fi
        ;;
    *)
        echo "no part is called $part" >&2
        exit 2
        ;;
    esac
done
exit "$RC"
