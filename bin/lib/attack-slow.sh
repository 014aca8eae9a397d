# shellcheck shell=bash
# Part of bin/attack: slow headers, slow bodies, slow readers.
say ""
say "== $CONNECTIONS slow connections from one address, $SECONDS_EACH s each"
service
SLOW=(slowhttptest -c "$CONNECTIONS" -r 2000 -i 5 -l "$SECONDS_EACH" -p 3)
attack slow-headers "${SLOW[@]}" -H -u "$HOST/aide"
attack slow-bodies "${SLOW[@]}" -B -t POST -u "$HOST/v1/simulations"
attack slow-readers "${SLOW[@]}" -X -w 1 -y 16 -z 8 -k 3 -u "$HOST/v1/openapi.json"
for name in slow-headers slow-bodies slow-readers; do
    sed -r 's/\x1b\[[0-9;]*m//g' "$LOGS/attack-$name.log" | grep -aE '^(initializing|connected|error|closed|service available):' | tail -5 |
        tr -s ' \n' ' ' | sed "s/^/$name  /; s/$/\n/"
done
say "the same without a limit for an address: connections in all are what holds"
service ASSURLY__SERVER__CONNECTIONS_PER_IP_MAX=100000
attack slow-headers-all "${SLOW[@]}" -H -u "$HOST/aide"
