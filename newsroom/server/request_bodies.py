"""Read a request body in the event loop: completely, with a deadline, and within a limit."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from typing import IO

# A body has this many seconds to arrive, and one more second for each BODY_BYTES_PER_SECOND
# received: as Apache's `RequestReadTimeout body=20,MinRate=500`.
BODY_SECONDS = 20
BODY_BYTES_PER_SECOND = 500
# The deadline is never later than this.
BODY_SECONDS_AT_MOST = 300

# In bytes; a larger body is kept in a temporary file.
BODY_IN_MEMORY = 1024 * 1024

# How much of a refused body is read and discarded, and for how long: a client that is still
# sending would not read the answer.
DRAINED_BYTES = 1024 * 1024
DRAINED_SECONDS = 2


class RequestRefused(Exception):
    """The request is answered with this status and sentence, without Django."""

    def __init__(self, status: int, sentence: str, *headers: tuple[str, str]):
        super().__init__(sentence)
        self.status, self.headers = status, headers


class BodyTooLarge(Exception):
    """The body is larger than its address allows."""


def announced_length(environ: dict) -> int:
    """The value of Content-Length in bytes; 0 if it is missing or no number."""
    length = environ.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() and len(length) < 20 else 0


async def whole_body(
    environ: dict, chunks: AsyncIterator[bytes], limit: int
) -> IO[bytes]:
    """
    The whole body as a file, positioned at its start. Sets CONTENT_LENGTH to its length.

    Raises BodyTooLarge after reading at most `limit` bytes, and RequestRefused if the body is too slow
    or breaks off, or if the folder for temporary files is full.
    """
    announced = announced_length(environ)
    if announced > limit:
        raise BodyTooLarge
    body = SpooledTemporaryFile(max_size=BODY_IN_MEMORY)  # noqa: SIM115 (closed by the caller)
    received = 0
    begun = asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout_at(begun + BODY_SECONDS) as timer:
            async for chunk in chunks:
                received += len(chunk)
                if received > limit:
                    raise BodyTooLarge
                body.write(chunk)
                timer.reschedule(begun + seconds_for(received))
        if received < announced:
            raise RequestRefused(400, "The request broke off.")
    except TimeoutError:
        body.close()
        raise RequestRefused(
            408,
            "What you sent came too slowly to be taken. Go back: your words are still in the form.",
            ("Connection", "close"),
        ) from None
    except OSError as error:
        with suppress(OSError):
            body.close()
        raise RequestRefused(
            507,
            "There is no room for what you sent. Go back: your words are still in the form.",
            ("Retry-After", "10"),
        ) from error
    except BaseException:
        body.close()
        raise
    environ["CONTENT_LENGTH"] = str(received)
    body.seek(0)
    return body


def seconds_for(received: int) -> float:
    """The deadline in seconds after the start, when this many bytes have been received."""
    return min(BODY_SECONDS + received / BODY_BYTES_PER_SECOND, BODY_SECONDS_AT_MOST)


async def drain(chunks: AsyncIterator[bytes]) -> None:
    """Discard a little more of an unwanted body, so that the client reads the answer."""
    drained = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(DRAINED_SECONDS):
            async for chunk in chunks:
                drained += len(chunk)
                if drained > DRAINED_BYTES:
                    return
