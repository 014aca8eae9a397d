# shellcheck shell=bash
# Part of bin/attack: schemathesis, from the API's own document: what it allows, and what it does not.
say ""
say "== the API's document (schemathesis, $EXAMPLES examples for each operation and phase)"
# As a customer who is logged in: without a token most operations say only 401.
SCOPES='dossiers:lire dossiers:ecrire sante:ecrire devis:lire profil:lire profil:ecrire'
service
person zoe@exemple.fr
for mode in off block; do
    service "ASSURLY__WAF__MODE=$mode" ASSURLY__SERVER__REQUESTS_PER_IP_PER_S=0 ASSURLY__IDENTITY__ATTEMPTS_BURST=1000000
    TOKEN=$(person_token zoe@exemple.fr "$SCOPES") || die "no token, see ${LOGS#"$ROOT"/}/service.log"
    # It keeps what it made in the folder that it stands in.
    (cd "$WORK" && exec "$VAR/tools/schemathesis/bin/schemathesis" --no-color run "$HOST/v1/openapi.json" --max-examples "$EXAMPLES" --seed 1 -H "Authorization: Bearer $TOKEN" \
        --checks not_a_server_error,content_type_conformance,response_schema_conformance,status_code_conformance \
        --phases examples,coverage,fuzzing --request-timeout 20 --output-truncate=true) \
        </dev/null >"$LOGS/attack-schema-$mode.log" 2>&1
    RC=$?
    alive "$SERVICE" || { warn "the service died"; exit 1; }
    say "firewall $mode: exit $RC"
    sed -n '/SUMMARY/,$p' "$LOGS/attack-schema-$mode.log" | sed 's/^/  /'
    if [ "$RC" -ne 0 ]; then FOUND=1; fi
done
