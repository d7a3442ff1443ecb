"""Reading the body of a request from a server's event loop: whole, under a deadline, and no more than allowed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from typing import IO

# A body must have come whole after so many seconds, and one more for so many bytes of
# it that have come: as Apache has it, `RequestReadTimeout body=20,MinRate=500`.
BODY_SECONDS = 20
BODY_BYTES_PER_SECOND = 500
# And after so many in any case.
BODY_SECONDS_AT_MOST = 300

# Of a body, so many bytes are held in memory.
BODY_IN_MEMORY = 1024 * 1024

# What is read and thrown away of a body that is refused, and for how long: a client that
# is still sending does not read why.
DRAINED_BYTES = 1024 * 1024
DRAINED_SECONDS = 2


class Refused(Exception):
    """The request is answered with this status and sentence, and Django does not see it."""

    def __init__(self, status: int, sentence: str, *headers: tuple[str, str]):
        super().__init__(sentence)
        self.status, self.headers = status, headers


class TooLarge(Exception):
    """The body has more bytes than its address takes."""


def announced_length(environ: dict) -> int:
    """The length that Content-Length announces; 0 without one or with one that is no number."""
    length = environ.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() and len(length) < 20 else 0


async def whole_body(
    environ: dict, chunks: AsyncIterator[bytes], limit: int
) -> IO[bytes]:
    """
    The whole body as a file at its start; CONTENT_LENGTH becomes its length.

    Raises TooLarge, having read no more than `limit` bytes, and Refused for one that
    comes too slowly or breaks off.
    """
    announced = announced_length(environ)
    if announced > limit:
        raise TooLarge
    body = SpooledTemporaryFile(max_size=BODY_IN_MEMORY)  # noqa: SIM115 (closed by whoever answers)
    received = 0
    begun = asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout_at(begun + BODY_SECONDS) as timer:
            async for chunk in chunks:
                received += len(chunk)
                if received > limit:
                    raise TooLarge
                body.write(chunk)
                timer.reschedule(begun + seconds_for(received))
        if received < announced:
            raise Refused(400, "The request broke off.")
    except TimeoutError:
        body.close()
        raise Refused(
            408,
            "What you sent came too slowly to be taken. Go back: your words are still in the form.",
            ("Connection", "close"),
        ) from None
    except BaseException:
        body.close()
        raise
    environ["CONTENT_LENGTH"] = str(received)
    body.seek(0)
    return body


def seconds_for(received: int) -> float:
    """After how many seconds from its beginning a body is given up of which so many bytes have come."""
    return min(BODY_SECONDS + received / BODY_BYTES_PER_SECOND, BODY_SECONDS_AT_MOST)


async def drain(chunks: AsyncIterator[bytes]) -> None:
    """Read a little more of a body that nobody wants, so that the client comes to reading the answer."""
    drained = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(DRAINED_SECONDS):
            async for chunk in chunks:
                drained += len(chunk)
                if drained > DRAINED_BYTES:
                    return
