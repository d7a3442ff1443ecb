"""The WSGI environ of an RSGI request."""

import sys
from functools import lru_cache
from io import BytesIO
from typing import Any

from newsroom.server.proxies import AMBIGUOUS, FORWARDED
from newsroom.server.request_bodies import RequestRefused


class FileWrapper:
    """WSGI's file_wrapper, which remembers the file so that granian can send it."""

    def __init__(self, file, block_size=8192):
        self.file = file
        self._block_size = block_size

    def __iter__(self):
        while block := self.file.read(self._block_size):
            yield block

    def close(self):
        self.file.close()


CONSTANT = {
    "GATEWAY_INTERFACE": "CGI/1.1",
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "granian",
    "wsgi.errors": sys.stderr,
    "wsgi.file_wrapper": FileWrapper,
    "wsgi.multiprocess": True,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.version": (1, 0),
}


def environ_of(scope: Any) -> dict[str, Any]:
    """
    The WSGI environ of a request, without its body.

    Headers with an underscore in the name are left out, because in an environ they equal the
    one with a hyphen. AMBIGUOUS holds the names of forwarding headers of this kind and of
    those in two lines. Raises RequestRefused for two Host headers.
    """
    server, _, port = scope.server.rpartition(":")
    client = scope.client.rpartition(":")[0] or scope.client
    environ = CONSTANT | {
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": as_latin_1(scope.path),
        "QUERY_STRING": as_latin_1(scope.query_string),
        "REMOTE_ADDR": client.strip("[]"),
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": "HTTP/1.1" if scope.http_version == "1.1" else "HTTP/1.0",
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(),
    }
    ambiguous = set()
    for name, value in scope.headers.items():
        key = key_of(name)
        if "_" in name:
            if key in FORWARDED:
                ambiguous.add(name)
        elif key not in environ:
            environ[key] = value
        elif key == "HTTP_HOST":
            raise RequestRefused(400, "A request names one host.")
        else:
            if key in FORWARDED:
                ambiguous.add(name)
            joint = "; " if key == "HTTP_COOKIE" else ","
            environ[key] += joint + value
    if ambiguous:
        environ[AMBIGUOUS] = ambiguous
    return environ


def as_latin_1(text):
    """The text as WSGI wants it: each byte as one character."""
    return text if text.isascii() else text.encode().decode("latin-1")


@lru_cache(maxsize=1024)
def key_of(name):
    """The header's key in the environ."""
    key = name.upper().replace("-", "_")
    return key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
