# shellcheck shell=bash
# Part of bin/attack: sqlmap. Without the firewall it must find nothing either: bound values are the defence.
say ""
say "== injections (sqlmap, level 2, risk 2)"

# target NAME ARGUMENT...: one run of sqlmap; its verdict in a line.
target() {
    local name=$1 log="$LOGS/attack-inject-$1.log" verdict
    shift
    timeout 900 sqlmap "$@" --batch --flush-session --level 2 --risk 2 --dbms mysql --time-sec 3 --threads 4 --ignore-code '*' \
        --output-dir "$WORK/sqlmap" --disable-coloring </dev/null >"$log" 2>&1
    if grep -qE 'is vulnerable|identified the following injection point' "$log"; then
        verdict="INJECTABLE, see ${log#"$ROOT"/}" FOUND=1
    elif grep -qE 'do not appear to be injectable|does not seem to be injectable' "$log"; then
        verdict="nothing to inject"
    else
        verdict="no verdict, see ${log#"$ROOT"/}" FOUND=1
    fi
    say "$(printf '%-22s %s; answers: %s' "$name" "$verdict" "$(grep -oE '[45][0-9]{2} \([A-Za-z ]+\) - [0-9]+ times' "$log" | tr '\n' ' ')")"
}
BODY=$(tr -d '\n' <docs/examples/one-loan.json)
# A star marks what sqlmap tries: a code of the trade, and a text that the caller chooses.
TEXT=$(sed -E 's/("occupation": *"[^"]*)"/\1*"/; s/("ref": *"main)"/\1*"/' <<<"$BODY")
service
person zoe@exemple.fr
TOKEN=$(person_token zoe@exemple.fr 'devis:lire dossiers:lire') || die "no token, see ${LOGS#"$ROOT"/}/service.log"
for mode in off block; do
    service "ASSURLY__WAF__MODE=$mode" ASSURLY__SERVER__REQUESTS_PER_IP_PER_S=0 ASSURLY__IDENTITY__ATTEMPTS_BURST=1000000
    say "firewall: $mode"
    target "simulation-$mode" -u "$HOST/v1/simulations" --method POST --data "$TEXT" -H 'Content-Type: application/json'
    target "list-$mode" -u "$HOST/v1/quotes?cursor=*&limit=5" -H "Authorization: Bearer $TOKEN"
    target "dossier-$mode" -u "$HOST/v1/dossiers/*" -H "Authorization: Bearer $TOKEN"
    target "quote-$mode" -u "$HOST/devis/*"
    target "login-$mode" -u "$HOST/pools/clients/oauth2/token" --data 'grant_type=password&client_id=app_1*&client_secret=b&username=a*&password=c'
    target "cookie-$mode" -u "$HOST/d/dos_1/coordonnees" --cookie 'parcours=a*'
done
