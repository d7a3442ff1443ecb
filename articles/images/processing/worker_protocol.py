"""
The messages between us and a child process that decodes pictures.

A message is a JSON object in one line, and behind it as many bytes as its `size` says.
JSON, not pickle: what a child says is read as data and never run, for a picture may have
taken the child over.
"""

import json
from collections.abc import Callable
from typing import IO, Any

# In bytes. A message names a few numbers, or a sentence.
MAX_HEADER = 64 * 1024
CHUNK = 256 * 1024


class Interrupted(Exception):
    """The other side is gone, or says something that is no message."""


def send(stream: IO[bytes], header: dict[str, Any], body: IO[bytes], size: int) -> None:
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
    Read one message: its header, and the file that `make_body` opens for so many bytes, at its beginning.

    Raises Interrupted at the end of the stream, and for a body of more than `max_size` bytes.
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
