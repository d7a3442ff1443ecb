import re
from html import unescape

import pytest

from articles.importers.text import article_from, read
from tests.articles.importers.text.documents import blocks, kinds, titles

# Other ways to save the same document: a pattern and its replacement.
LAYOUTS = [
    (r"(?m)^ +", ""),
    (r"(?m)^ +", "\t"),
    (r"\n", "\r\n"),
    (r"\n", "\n\n"),
    (r"(?m)^(?=.)", "        "),
    (r"(?m)$", "  "),
    (r"\n\n+", "\n\n\n\n"),
    (r"(?m)^ *$", "\xa0"),
    ("Previous Post Next Post", "Previous Post\nNext Post\n"),
    ("Post a Comment", "© 2025 A Newspaper, Inc."),
    (r"(?s)\s+Post a Comment.*", ""),
]


@pytest.fixture
def seed(samples):
    [article] = read(samples / "seed" / "macron-reassurance-force.txt")
    return article


def test_the_seed_has_its_title_and_standfirst(seed):
    assert seed.title == (
        "Macron Reveals 26 Nations Will Send Troops to Ukraine After the War"
    )
    assert seed.standfirst.startswith(
        "Explore the impactful 26-nation “".replace("“", '"')
    )
    assert seed.standfirst.endswith("diplomatic strategies for lasting peace.")


def test_the_seed_has_nine_sections_and_seven_subheadings(seed):
    assert titles(seed) == [
        ("h2", "Ukraine's Future"),
        ("h3", "A New Dawn with a 26-Nation Reassurance Force"),
        ("h2", "The Genesis of a Pledge"),
        ("h3", "A New Era for Ukraine's Security"),
        ("h2", "The Architecture of Deterrence"),
        ("h3", "What the Reassurance Force Entails"),
        ("h2", "America's Evolving Role"),
        ("h3", "A Dance of Support and Responsibility"),
        ("h2", "The Diplomatic Chessboard"),
        ("h3", "Pressuring for Peace"),
        ("h2", "Economic Levers"),
        ("h3", "Squeezing the War Machine"),
        ("h2", "Geopolitical Implications"),
        ("h3", "A Shifting Landscape"),
        ("h2", "Challenges and the Path Forward"),
        ("h2", "A New Horizon for Ukraine"),
    ]


def test_every_line_of_the_seed_is_in_its_place(seed, samples):
    text = (samples / "seed" / "macron-reassurance-force.txt").read_text()
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    assert [text for _, text in blocks(seed)] == lines[2:-2]
    assert kinds(seed).count("p") == len(lines) - 4 - 16
    assert seed.left_out == tuple(lines[-2:])


def test_the_seed_keeps_its_typography_and_loses_its_indentation(seed):
    text = unescape(seed.body)
    for kept in [" – ", "hope—a", "€1.1 billion", '"coalition of the willing"']:
        assert kept in text
    assert not re.search(r">[ \t]|[ \t]<|  ", seed.body)


def test_the_furniture_of_the_seed_is_not_in_its_body(seed):
    for words in ["Post a Comment", "Previous Post", "Next Post"]:
        assert words not in seed.body
        assert words in " ".join(seed.left_out)


@pytest.mark.parametrize(("old", "new"), LAYOUTS)
def test_the_seed_laid_out_in_another_way_is_the_same_article(seed, samples, old, new):
    text = (samples / "seed" / "macron-reassurance-force.txt").read_text()
    changed = re.sub(old, new, text)
    assert changed != text
    article = article_from(changed)
    assert blocks(article) == blocks(seed)
    assert article.standfirst == seed.standfirst


def test_the_seed_without_its_standfirst_keeps_its_sections(seed, samples):
    text = (samples / "seed" / "macron-reassurance-force.txt").read_text()
    article = article_from(text.replace(seed.standfirst, ""))
    assert article.standfirst == ""
    assert blocks(article) == blocks(seed)


def test_the_seed_without_its_subheadings_keeps_its_sections(seed, samples):
    text = (samples / "seed" / "macron-reassurance-force.txt").read_text()
    for tag, title in titles(seed):
        if tag == "h3":
            text = text.replace(f"{title}\n", "\n")
    article = article_from(text)
    assert blocks(article) == [block for block in blocks(seed) if block[0] != "h3"]
