# shellcheck shell=bash
# Part of bin/attack: streams of HTTP/2 (which is not spoken here), and connections that are cut.
say ""
say "== resets"
service
attack h2 h2load -n 20000 -c 64 -m 100 "$HOST/healthz"
grep -E '^(requests|status codes):' "$LOGS/attack-h2.log" | sed 's/^/h2  /'
attack h1 h2load --h1 -n 20000 -c 64 "$HOST/healthz"
grep -E '^(requests|status codes):' "$LOGS/attack-h1.log" | sed 's/^/h1  /'
attack cut python3 "$ROOT/bin/lib/attack-cut.py" 127.0.0.1 "$PORT" 5000
sed 's/^/cut  /' "$LOGS/attack-cut.log"
