"""Which rows are locked, and with which strength."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Rows here are deleted under the lock, or must not get new references.
AGAINST_EVERYBODY = {"articles/images/library.py", "comments/privacy/retention.py"}


def locks_in(path):
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and getattr(node.func, "attr", "") == "select_for_update"
        ):
            yield [keyword.arg for keyword in node.keywords]


def test_no_row_is_locked_against_those_who_only_refer_to_it():
    for app in ["articles", "comments", "newsroom"]:
        for path in (ROOT / app).rglob("*.py"):
            name = str(path.relative_to(ROOT))
            for said in locks_in(path):
                assert "no_key" in said or name in AGAINST_EVERYBODY, name


def test_the_row_of_an_article_is_locked_in_one_place():
    for path in (ROOT / "articles").rglob("*.py"):
        found = re.search(r"\bArticle\.objects\.select_for_update", path.read_text())
        assert found is None, path
