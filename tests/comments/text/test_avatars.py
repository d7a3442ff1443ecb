import gzip
import re
from pathlib import Path

import pytest

from comments.text.avatars import COLOURS, DRAWN, SIDE, _path, drawing_for

TOKENS = Path(__file__).resolve().parents[3] / "static/css/tokens.css"


def cells(path):
    """The filled cells, each as (x, y)."""
    found = set()
    for x, y, width in re.findall(r"M(\d) (\d)h(\d)v1H\d", path):
        found |= {(int(x) + step, int(y)) for step in range(int(width))}
    return found


def test_a_name_has_one_pattern():
    assert drawing_for("Inés Ó") == drawing_for("Inés Ó")
    assert len({drawing_for(f"Reader {number}") for number in range(100)}) > 90


@pytest.mark.parametrize(
    "name", ["ana ruiz", "ANA RUIZ", "Ａna  Ruiz", " Ana\u00a0Ruiz "]
)
def test_what_people_do_not_see_makes_no_other_pattern(name):
    assert drawing_for(name) == drawing_for("Ana Ruiz")


def test_nobody_can_work_a_pattern_out_without_our_key(settings):
    before = [drawing_for(f"Reader {number}") for number in range(20)]
    settings.SECRET_KEY = "another" * 10
    assert not set(before) & {drawing_for(f"Reader {number}") for number in range(20)}


def test_patterns_are_small_symmetrical_and_never_empty():
    for bits in range(2 ** (SIDE * DRAWN)):
        path = _path(bits)
        if bits % 101 == 0:
            found = cells(path)
            assert (SIDE // 2, SIDE // 2) in found
            assert found == {(SIDE - 1 - x, y) for x, y in found}
            assert all(0 <= x < SIDE and 0 <= y < SIDE for x, y in found)
    assert max(len(drawing_for(f"Reader {number}")) for number in range(200)) < 300


@pytest.mark.parametrize("name", ["", "<script>alert(1)</script>", "\"'>", "\x00"])
def test_no_name_gets_into_the_drawing(name):
    assert re.fullmatch(
        r'<svg class="comment__avatar comment__avatar--[1-6]" viewBox="-1 -1 7 7"'
        r' aria-hidden="true"><path d="[MHhv0-5 ]+"/></svg>',
        drawing_for(name),
    )


# Contrast: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio


def luminance(colour):
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_pattern_can_be_seen_in_light_and_dark(theme):
    tokens = {
        name: (light, dark)[theme]
        for name, light, dark in re.findall(
            r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", TOKENS.read_text()
        )
    }
    for number in range(1, COLOURS + 1):
        # A comment that was linked to stands on the tint.
        for ground in ["paper", "tint"]:
            assert contrast(tokens[f"pattern-{number}"], tokens[ground]) >= 3


def test_thirty_patterns_cost_a_page_a_kilobyte():
    page = "<p>A comment.</p>" * 30
    drawn = "".join(
        drawing_for(f"Reader {number}") + "<p>A comment.</p>" for number in range(30)
    )
    cost = len(gzip.compress(drawn.encode())) - len(gzip.compress(page.encode()))
    assert cost < 1024
