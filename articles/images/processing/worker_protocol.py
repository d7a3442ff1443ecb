"""
The protocol between a server process and a child process that decodes pictures.

A message is a JSON object in one line, followed by as many bytes as its `size` says. JSON
is used instead of pickle, because a malicious picture may control the child: its answers
must be data, never code.
"""

import json
from collections.abc import Callable
from typing import IO, Any

# In bytes. A header has a few numbers or a sentence.
MAX_HEADER = 64 * 1024
CHUNK = 256 * 1024


class Interrupted(Exception):
    """The other side is gone, or sent something that is not a message."""


def send_message(
    stream: IO[bytes], header: dict[str, Any], body: IO[bytes], size: int
) -> None:
    """Write a message with `size` bytes of `body`. Raises OSError when nobody reads."""
    stream.write(json.dumps(header | {"size": size}).encode() + b"\n")
    while size and (chunk := body.read(min(size, CHUNK))):
        stream.write(chunk)
        size -= len(chunk)
    stream.flush()


def receive(
    stream: IO[bytes], make_body: Callable[[int], IO[bytes]], *, max_size: int
) -> tuple[dict[str, Any], IO[bytes]]:
    """
    Read one message: its header, and its body as a file at its beginning.

    `make_body` opens a file for a number of bytes. Raises Interrupted at the end of the
    stream, for an invalid header, and for a body of more than `max_size` bytes.
    """
    line = stream.readline(MAX_HEADER)
    try:
        header = json.loads(line)
        size = int(header["size"])
    except (ValueError, KeyError, TypeError):
        raise Interrupted from None
    if not 0 <= size <= max_size:
        raise Interrupted
    body = make_body(size)
    while size:
        chunk = stream.read(min(size, CHUNK))
        if not chunk:
            body.close()
            raise Interrupted
        body.write(chunk)
        size -= len(chunk)
    body.seek(0)
    return header, body
