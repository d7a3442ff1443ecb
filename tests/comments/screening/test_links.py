import pytest

from comments.screening.links import links_in
from comments.screening.records import Posted
from comments.screening.rules import RULES

LINKS = next(rule for rule in RULES if rule.name == "links")


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("See https://a.example/b?c=d.", ["https://a.example/b?c=d"]),
        (
            "www.casino.example, or casino-x.com/win!",
            ["www.casino.example", "casino-x.com/win"],
        ),
        ("mailto:a@b.example", ["mailto:a@b.example"]),
        ("I went home.Me too. At 10.30 p.m.", []),
        ("Version 3.12 of e.g. this", []),
    ],
)
def test_a_link_is_one_in_whatever_way_it_is_written(text, links):
    assert links_in(text) == links


def test_the_same_link_twice_is_one():
    posted = Posted("Inés", "https://a.example https://a.example")
    assert LINKS.found_in(posted) == []
