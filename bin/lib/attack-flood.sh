# shellcheck shell=bash
# Part of bin/attack: as many requests as the machine bears, from one address.
say ""
say "== floods of one address, 64 connections, $SECONDS_EACH s each"
service
cat >"$WORK/login.lua" <<'END'
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.body = "grant_type=password&client_id=app_none&client_secret=x&username=zoe%40exemple.fr&password=not+it"
END
attack flood wrk -t2 -c64 "-d${SECONDS_EACH}s" "$HOST/v1/me"
attack bad-keys wrk -t2 -c64 "-d${SECONDS_EACH}s" -H "X-Api-Key: ask_00000000_$(printf 'A%.0s' {1..43})" "$HOST/v1/me"
attack login wrk -t2 -c64 "-d${SECONDS_EACH}s" -s "$WORK/login.lua" "$HOST/pools/clients/oauth2/token"
for name in flood bad-keys login; do
    grep -E 'Requests/sec|Non-2xx|requests in' "$LOGS/attack-$name.log" | tr -s ' \n' ' ' | sed "s/^/$name  /; s/$/\n/"
done
