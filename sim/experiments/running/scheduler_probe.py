"""Whether a Dask scheduler is to be spoken to at an address, before a client is made that could not be told to stop.

A Dask client that cannot connect tries again when it is collected, in whatever thread and at whatever moment that is,
and may wait for itself for ever; and one that meets a listener of another kind waits for its first word without limit.
"""

from __future__ import annotations

import socket
import time
from contextlib import suppress

RETRY_SECONDS = 0.2
LONGEST_GREETING = 1 << 20  # bytes; any text in its place is far larger


def why_no_scheduler(address: str, seconds: float) -> str | None:
    """Return why no Dask scheduler can be spoken to at an address, in a few words; None if one can.

    Args:
        address: such as ``tcp://node7:8786``; ``tcp`` and ``tls`` are known.
        seconds: for which it is waited for: one that a queue starts may come later than the sweep.
    """
    from distributed.comm.addressing import get_address_host_port, parse_address

    try:
        scheme = parse_address(address)[0]
        if scheme not in ("tcp", "tls"):
            return f"addresses begin with tcp:// or tls://, found {scheme}://"
        host, port = get_address_host_port(address, strict=True)
    except ValueError as error:
        return str(error)
    end = time.monotonic() + seconds
    while True:
        left = max(end - time.monotonic(), 0.01)
        try:
            with socket.create_connection((host, port), left) as line:
                if scheme == "tls" or _speaks(line, left):
                    return None
                return "something answers there, but not as a Dask scheduler does"
        except OSError as error:
            if time.monotonic() + RETRY_SECONDS >= end:
                return str(error)
        time.sleep(RETRY_SECONDS)


def _speaks(line: socket.socket, seconds: float) -> bool:
    """Whether the other side says the first word, as a scheduler does: the length of a short message, eight bytes."""
    line.settimeout(seconds)
    with suppress(OSError):
        said = line.recv(8, socket.MSG_WAITALL)
        return len(said) == 8 and int.from_bytes(said, "little") < LONGEST_GREETING
    return False
