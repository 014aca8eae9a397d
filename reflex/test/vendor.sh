#!/usr/bin/env bash
# Tests of reflex/vendor/check.sh: a whole drop is laid out, and each thing that it may lack is named.
#
#   vendor.sh WORK WARS
set -u
HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
WORK=$1/vendor WARS=$2
PASSED=0 FAILED=0

whole() {
    rm -rf "$WORK"
    mkdir -p "$WORK/drop/acme_reflex_1.2-20260101"/{webapps,reflex-config} "$WORK/drop/cep-ui-custom-1606905004848" "$WORK/drop/cep-ui-custom-1618520751706"
    cp "$WARS"/{cep-core,ras-web,dcs}.war "$WORK/drop/acme_reflex_1.2-20260101/webapps/"
    echo x >"$WORK/drop/acme_reflex_1.2-20260101/reflex-config/x.properties"
    echo old >"$WORK/drop/cep-ui-custom-1606905004848/index.html"
    echo new >"$WORK/drop/cep-ui-custom-1618520751706/index.html"
    sed -E '/^\[ui\]/,$ s/^token_mode = ""/token_mode = "inject"/; s/^(path) = ""/\1 = "\/x\/y"/; s/^([a-z_]+) = ""/\1 = "\/x"/' \
        "$HERE/vendor/mapping.example.toml" >"$WORK/drop/mapping.toml"
}
result() {
    if [ "$2" = 0 ]; then
        echo "test vendor::$1 ... ok"
        PASSED=$((PASSED + 1))
    else
        echo "test vendor::$1 ... FAILED"
        FAILED=$((FAILED + 1))
    fi
}
# refuses NAME WORDS: the drop as it now is; WORDS stand in what is said.
refuses() {
    local said
    said=$(bash "$HERE/vendor/check.sh" "$WORK/drop" 2>&1)
    [ $? -eq 1 ] && [[ $said == *"$2"* ]]
    result "$1" $?
}

whole
bash "$HERE/vendor/check.sh" "$WORK/drop" "$WORK/out" >/dev/null && [ -s "$WORK/out/webapps/cep-core.war" ] &&
    [ "$(cat "$WORK/out/webapps/continue/index.html")" = new ] && [ -s "$WORK/out/reflex-config/x.properties" ]
result "a whole drop is laid out, with the newest screens" $?
whole && rm "$WORK"/drop/*/webapps/dcs.war && bash "$HERE/vendor/check.sh" "$WORK/drop" >/dev/null
result "dcs.war is optional" $?
whole && rm "$WORK"/drop/*/webapps/ras-web.war
refuses "no ras-web.war" "ras-web.war is missing"
whole && rm "$WORK"/drop/*/reflex-config/*
refuses "no configuration" "reflex-config is missing"
whole && rm -r "$WORK"/drop/cep-ui-custom-*
refuses "no screens" "cep-ui-custom"
whole && rm "$WORK/drop/mapping.toml"
refuses "no mapping" "mapping.toml is missing"
whole && cp "$HERE/vendor/mapping.example.toml" "$WORK/drop/mapping.toml"
refuses "the example as it stands" "[create] path is empty"
whole && sed -i '/^\[decision\]/,/^\[/s/^outcome.*//' "$WORK/drop/mapping.toml"
refuses "one key of the mapping" "[decision] outcome is empty"
whole && sed -i 's/^token_mode.*/token_mode = "cookie"/' "$WORK/drop/mapping.toml"
refuses "another mode of the token" "inject or fragment"
whole && sed -i 's|^path = "/x/y"|path = "/continue/..;/ras-web"|' "$WORK/drop/mapping.toml"
refuses "a path that means two things" "two servers may read differently"
echo
echo "test result: $([ $FAILED -eq 0 ] && echo ok || echo FAILED). $PASSED passed; $FAILED failed; 0 ignored;"
[ $FAILED -eq 0 ]
