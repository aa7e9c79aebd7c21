"""A page that asks again and again over many connections, as a process of its own: python -m tests.faults.loop."""

import http.client
import sys
import threading
from urllib.parse import urlsplit


def ask_for_ever(address, path):
    connection = http.client.HTTPConnection(address, timeout=60)
    while True:
        try:
            connection.request("GET", path)
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            connection.close()


def main(root, path, connections):
    address = urlsplit(root).netloc
    for _ in range(int(connections)):
        threading.Thread(target=ask_for_ever, args=(address, path), daemon=True).start()
    print("looping", flush=True)
    sys.stdin.read()  # until whoever started it ends it


if __name__ == "__main__":
    main(*sys.argv[1:])
