"""Python starts with this where a test puts its folder on PYTHONPATH: the network is out of bounds.

Every process, children too, says that it is watched; a connection or a look-up of anything but
this machine is written down and fails.
"""

import os
import sys
from pathlib import Path

_HERE = ("127.", "::1", "localhost", "0.0.0.0")
_LOG = os.environ.get("LUNATTIVA_NETWORK_LOG", "")


def _write(line: str) -> None:
    with Path(_LOG).open("a", encoding="utf-8") as log:
        log.write(f"{line}\n")


def _watch(event: str, arguments: tuple) -> None:
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else "localhost"  # a path: a local socket
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    else:
        return
    name = host.decode() if isinstance(host, bytes) else host
    if name and not str(name).startswith(_HERE):
        _write(f"tried {event} {name}")
        raise OSError(f"no network here: {event}")


if _LOG:
    _write(f"watched {' '.join(sys.orig_argv[1:4])}".replace("\n", " "))
    sys.addaudithook(_watch)
