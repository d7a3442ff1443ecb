"""Hostile files that look like pictures: small to send, expensive to decode."""

import io
import random
import struct
import zlib

from PIL import Image as Drawing

from articles.images.processing.decode_limits import scans_in


def encoded(image, format, **how):
    file = io.BytesIO()
    image.save(file, format, **how)
    return file.getvalue()


def jpeg_with_scans(number, *, width=5000, height=5000):
    """A progressive grey JPEG that repeats its last scan; each scan is a pass over all pixels."""
    content = encoded(Drawing.new("L", (width, height), 128), "JPEG", progressive=True)
    begins = content.rindex(b"\xff\xda")
    scan = content[begins:-2]
    whole = content[:-2] + scan * (number - scans_in(content)) + content[-2:]
    assert scans_in(whole) == number
    return whole


def avif_of_one_colour(width=10_000, height=6_000):
    """Some hundred bytes that decode to 60 megapixels."""
    return encoded(Drawing.new("L", (width, height), 100), "AVIF", quality=10, speed=10)


def gif_of_frames(number, *, width=30, height=20):
    frames = [
        Drawing.new("L", (width, height), shade % 256) for shade in range(1, number)
    ]
    return encoded(
        Drawing.new("L", (width, height)), "GIF", save_all=True, append_images=frames
    )


def png_chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def png_of(width, height, data=b"", *chunks):
    """A grey PNG that claims a size; `data` are its compressed pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + b"".join(chunks)
        + png_chunk(b"IDAT", data or zlib.compress(b"\0" * 100))
        + png_chunk(b"IEND", b"")
    )


def png_bomb(width, height):
    """A complete PNG whose pixels are compressed to a thousandth."""
    return png_of(width, height, zlib.compress(bytes((width + 1) * height), 9))


def png_with_text(unfolded=60_000_000):
    text = png_chunk(b"zTXt", b"x\0\0" + zlib.compress(b"a" * unfolded, 9))
    return png_of(8, 8, zlib.compress(bytes(72)), text)


def png_with_profile(unfolded=60_000_000):
    profile = png_chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(unfolded), 9))
    return png_of(8, 8, zlib.compress(bytes(72)), profile)


def jpeg_with_segments(marker, number=300, *, begin=b""):
    """A JPEG with many segments of 64 KB before its picture."""
    content = encoded(Drawing.new("L", (8, 8)), "JPEG")
    data = begin + bytes(65_533 - len(begin))
    segment = bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data
    return content[:2] + segment * number + content[2:]


def webp_bomb(width=10_000, height=10_000):
    return encoded(
        Drawing.new("L", (width, height)), "WEBP", lossless=True, quality=0, method=0
    )


def noise(format, size=700_000, *, seed=1):
    """Bytes that begin like a picture and continue at random."""
    beginnings = {
        "JPEG": b"\xff\xd8\xff\xe0\0\x10JFIF\0",
        "PNG": b"\x89PNG\r\n\x1a\n",
        "GIF": b"GIF89a\xff\xff\xff\xff",
        "WEBP": b"RIFF\xff\xff\xff\0WEBPVP8 ",
    }
    return beginnings[format] + random.Random(seed).randbytes(size)
