#!/usr/bin/env bash
# All tests of the sidecar: the sources by themselves, the cases of the knowledge base, then the WARs in a real Tomcat.
#
#   test.sh WORK [unit|tomcat|tomcat9]...     everything without a name; WORK holds what is built
set -euo pipefail
export LC_ALL=C.UTF-8
HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"
WORK=${1:?usage: test.sh WORK [unit|tomcat|tomcat9]...}
shift
PARTS=${*:-unit tomcat tomcat9}
API=${SERVLET_API:-/usr/share/tomcat10/lib/servlet-api.jar}
rm -rf "$WORK/classes"
mkdir -p "$WORK/classes"
WORK="$(cd "$WORK" && pwd -P)"
find "$HERE"/{common,cep-core,ras-web,dcs,continue}/src "$HERE/test/src" -name '*.java' | sort >"$WORK/files"
javac --release 17 -encoding UTF-8 -proc:none -Xlint:all,-serial,-processing -Werror -cp "$API" -d "$WORK/classes" @"$WORK/files"

run() {
    java -Xmx256M -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8 -cp "$WORK/classes:$API" \
        -DREFLEX_CONFIG_ROOTDIR="$HERE/reflex-config" -Dreflex.home="$HERE" -Dreflex.work="$WORK" "$@"
}

RC=0
for part in $PARTS; do
    case "$part" in
    unit)
        echo "== unit: the sources by themselves"
        P=fr.assurly.reflex
        run $P.test.Run $P.common.JsonTest $P.common.StoreTest $P.cep.TokensTest $P.cep.CallbackSignatureTest $P.ras.LoaderTest \
            $P.ras.CasesTest $P.dcs.PdfTest $P.ui.EntryTest || RC=1
        ;;
    *)
        echo "no part is called $part" >&2
        exit 2
        ;;
    esac
done
exit "$RC"
