"""Part of bin/attack: opens a connection, sends half a request, or a whole one, and resets it at once.

    attack-cut.py HOST PORT COUNT
"""

import socket
import struct
import sys
import time

HALF = b"POST /v1/simulations HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
WHOLE = b"GET /aide HTTP/1.1\r\nHost: a\r\n\r\n"
AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER 0: the close is a reset

host, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
begun, refused = time.monotonic(), 0
for number in range(count):
    try:
        with socket.create_connection((host, port), timeout=10) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            connection.sendall(HALF if number % 2 else WHOLE)
    except OSError:
        refused += 1
print(f"{count} connections cut in {time.monotonic() - begun:.1f} s, {refused} of them refused before")
