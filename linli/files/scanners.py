"""Looking for viruses before a paper is kept.

`settings.SCANNER` names a function (bytes) -> str: what was found, "" for nothing. It may also be
`clamd:` with the address of a ClamAV daemon: `clamd:/run/clamav/clamd.ctl` or `clamd:host:3310`.
Without it nothing is scanned. A scanner that does not answer refuses the paper.
"""

from __future__ import annotations

import logging
import socket
import struct
from collections.abc import Callable

from django.conf import settings
from django.utils.module_loading import import_string

CHUNK = 64 * 1024
SECONDS = 60


def scan(data: bytes) -> str | None:
    """What was found, "" for nothing; None if the scanner did not answer."""
    named = getattr(settings, "SCANNER", "")
    if not named:
        return ""
    try:
        return _scanner(named)(data)
    except Exception:  # noqa: BLE001 - whatever stops a scanner, the paper is not let in
        logging.getLogger("linli.files").exception("the scanner did not answer")
        return None


def _scanner(named: str) -> Callable[[bytes], str]:
    if named.startswith("clamd:"):
        return lambda data: clamd(named.removeprefix("clamd:"), data)
    return import_string(named)


def clamd(address: str, data: bytes) -> str:
    """Ask a ClamAV daemon (INSTREAM). Raises OSError if it does not answer."""
    with _connected(address) as daemon:
        daemon.sendall(b"zINSTREAM\0")
        for start in range(0, len(data), CHUNK):
            part = data[start : start + CHUNK]
            daemon.sendall(struct.pack(">I", len(part)) + part)
        daemon.sendall(struct.pack(">I", 0))
        answer = b""
        while part := daemon.recv(4096):
            answer += part
    text = answer.strip(b"\0\n").decode("utf-8", "replace").removeprefix("stream: ")
    if text == "OK":
        return ""
    if text.endswith(" FOUND"):
        return text.removesuffix(" FOUND")
    raise OSError(f"clamd: {text[:100]}")


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        daemon = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        daemon.settimeout(SECONDS)
        daemon.connect(address)
        return daemon
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=SECONDS)
