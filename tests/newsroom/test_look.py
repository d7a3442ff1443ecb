"""The colours of the site and the desk are tokens, each with a value for light and for dark."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOKENS = ROOT / "static" / "css" / "tokens.css"
SHEETS = sorted(
    path for path in (ROOT / "static").rglob("*.css") if path not in {TOKENS}
)
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch|lab|lch|light-dark)\(")


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_only_the_tokens_name_a_colour(sheet):
    rules = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    values = [line for line in rules.splitlines() if ":" in line or "," in line]
    found = [line.strip() for line in values if COLOUR.search(line.partition(":")[2])]
    assert not found
