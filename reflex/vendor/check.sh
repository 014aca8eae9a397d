#!/usr/bin/env bash
# Looks at a vendor's drop and lays it out for an image; refuses an incomplete one, naming all that is missing.
#
#   check.sh DROP [OUT]
#
#   DROP/<client>_reflex_<version>-<date>/webapps/{cep-core,ras-web}.war   dcs.war where there is one
#   DROP/<client>_reflex_<version>-<date>/reflex-config/
#   DROP/cep-ui-custom-<milliseconds>/index.html                           the newest is taken
#   DROP/mapping.toml                                                      from reflex/vendor/mapping.example.toml
set -u
export LC_ALL=C.UTF-8
DROP=${1:?usage: check.sh DROP [OUT]}
OUT=${2:-}
FAULTS=0
fault() {
    printf 'vendor drop: %s\n' "$*" >&2
    FAULTS=$((FAULTS + 1))
}

shopt -s nullglob
releases=("$DROP"/*_reflex_*/)
if [ ${#releases[@]} -ne 1 ]; then fault "one folder <client>_reflex_<version>-<date> is expected, there are ${#releases[@]}"; fi
RELEASE=${releases[0]:-$DROP/none/}
for war in cep-core ras-web; do
    if [ ! -s "${RELEASE}webapps/$war.war" ]; then fault "webapps/$war.war is missing"; fi
done
config=("${RELEASE}reflex-config"/*)
if [ ${#config[@]} -eq 0 ]; then fault "reflex-config is missing or empty"; fi
screens=("$DROP"/cep-ui-custom-[0-9]*/)
SCREENS=
# The name ends with the milliseconds of its making: as many digits for all, so the last name is the newest.
if [ ${#screens[@]} -gt 0 ]; then SCREENS=${screens[-1]}; fi
if [ -z "$SCREENS" ] || [ ! -s "${SCREENS}index.html" ]; then fault "cep-ui-custom-<milliseconds>/index.html is missing"; fi

# value SECTION KEY: the text of that key, nothing when it is empty or not there.
value() {
    sed -n "/^\[$1\]/,/^\[/s/^$2 *= *\"\(.*\)\" *\(#.*\)\?$/\1/p" "$DROP/mapping.toml"
}
if [ ! -s "$DROP/mapping.toml" ]; then
    fault "mapping.toml is missing: copy reflex/vendor/mapping.example.toml and fill it in from the vendor's manual"
else
    while read -r section key; do
        if [ -z "$(value "$section" "$key")" ]; then fault "mapping.toml: [$section] $key is empty"; fi
    done <<'KEYS'
create method
create path
create session_id
create token
state method
state path
state revision
state decided
token method
token path
token token
cancel method
cancel path
decision outcome
decision guarantees
decision code
decision loading
decision exclusions
decision valid_until
ui token_mode
ui path
KEYS
    case "$(value ui token_mode)" in
    '' | inject | fragment) ;;
    *) fault "mapping.toml: [ui] token_mode is inject or fragment" ;;
    esac
    for section in create state token cancel; do
        path=$(value "$section" path)
        case "$path" in
        '' | /*) ;;
        *) fault "mapping.toml: [$section] path must begin with /" ;;
        esac
        case "$path" in *..* | *\;* | *//* | *%*) fault "mapping.toml: [$section] path has a part that two servers may read differently" ;; esac
    done
fi

if [ "$FAULTS" -gt 0 ]; then
    printf 'vendor drop: incomplete (%d)\n' "$FAULTS" >&2
    exit 1
fi
if [ -n "$OUT" ]; then
    mkdir -p "$OUT/webapps" "$OUT/reflex-config"
    cp "${RELEASE}webapps"/*.war "$OUT/webapps/"
    cp -R "${RELEASE}reflex-config/." "$OUT/reflex-config/"
    cp -R "$SCREENS" "$OUT/webapps/continue"
    (cd "$OUT" && sha256sum webapps/*.war)
fi
printf 'vendor drop: complete\n'
