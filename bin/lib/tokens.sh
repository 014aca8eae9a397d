# shellcheck shell=bash
# People, applications and tokens of a service that runs on the loopback, for measures and attacks.
# Needs ASSURLY (the program), HOST (the service's address), WORK (a folder) and DATABASE_URL.

PASSWORD='fougere tambour lezard 41'

# field NAME: its value in the JSON document of standard input.
field() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p" | head -1; }
identity() { "$ASSURLY" identity --json "$@" 2>>"$LOGS/identity.log"; }

# person EMAIL: an account in the pool clients, with PASSWORD.
person() {
    local link jar="$WORK/jar" word
    link=$(identity user create --pool clients --email "$1" | field link)
    word=$(curl -s -c "$jar" "$link" | grep -o 'name="jeton" value="[^"]*"' | head -1 | cut -d'"' -f4)
    curl -s -o /dev/null -b "$jar" -c "$jar" "$HOST/pools/clients/reset" \
        --data-urlencode "lien=${link##*lien=}" --data-urlencode "jeton=$word" --data-urlencode "password=$PASSWORD"
}

# application SCOPES: one of ours that may ask with a password, in CLIENT_ID and SECRET.
application() {
    local made
    made=$(identity client create clients --name Mesure --kind confidential --first-party --grant client_credentials --scopes "openid $1")
    CLIENT_ID=$(field client_id <<<"$made")
    SECRET=$(field client_secret <<<"$made")
    identity legacy open-pool clients --days 1 --reason 'measure' >/dev/null
    identity legacy open-client clients "$CLIENT_ID" --grant password --scopes "openid $1" --days 1 --reason 'measure' >/dev/null
}

# password_form EMAIL SCOPES: the form that asks for a token of a person.
password_form() {
    printf 'grant_type=password&client_id=%s&client_secret=%s&scope=%s&username=%s&password=%s' \
        "$CLIENT_ID" "$SECRET" "${2// /+}" "${1/@/%40}" "${PASSWORD// /+}"
}

# person_token EMAIL SCOPES: a token of that person who has logged in, as an application of ours gets it.
person_token() {
    local redirect="$HOST/retour" client
    client=$(identity client create clients --name Attaque --kind public --first-party --grant authorization_code \
        --redirect-uri "$redirect" --scopes "openid $2" | field client_id)
    python3 "$ROOT/deploy/drive/login.py" --base "$HOST" --client "$client" --redirect "$redirect" --email "$1" \
        --password "$PASSWORD" --scopes "openid $2"
}
