"""The small pattern beside a name: equal for equal names, and drawn without any other service."""

from django.utils.crypto import salted_hmac
from django.utils.html import format_html

from articles.core.text.normalisation import caseless_name

# Five by five cells; the right side mirrors the left.
SIDE = 5
DRAWN = SIDE // 2 + 1
# Classes `comment__avatar--1` to `--6`, whose colours are in tokens.css.
COLOURS = 6


def drawing_for(name):
    """
    The pattern as SVG, from a keyed hash of the name.

    Only the name goes into it. A pattern made from the email address would tell anybody
    who types that address what else its owner has written.
    """
    digest = salted_hmac(
        "comments.text.avatars", caseless_name(name), algorithm="sha256"
    ).digest()
    colour = digest[0] % COLOURS + 1
    # Safe: a number and a path that we computed; the name is not in it.
    return format_html(
        '<svg class="comment__avatar comment__avatar--{}" viewBox="-1 -1 7 7" aria-hidden="true"><path d="{}"/></svg>',
        colour,
        _path(int.from_bytes(digest[1:3])),
    )


def _path(bits):
    """One stroke for each run of filled cells in a row."""
    path = []
    for y in range(SIDE):
        half = [bits >> (y * DRAWN + x) & 1 for x in range(DRAWN)]
        # The middle is always filled: no pattern is empty.
        half[-1] |= y == SIDE // 2
        row = [*half, *half[-2::-1]]
        for x, filled in enumerate(row):
            if filled and not (x and row[x - 1]):
                end = next((e for e in range(x, SIDE) if not row[e]), SIDE)
                path.append(f"M{x} {y}h{end - x}v1H{x}")
    return "".join(path)
