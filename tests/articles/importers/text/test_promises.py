import re
from collections import Counter
from html import unescape
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.content.html import clean_article, sections
from articles.importers.records import ImportRefused
from articles.importers.text import article_from
from tests.articles.importers.text.documents import LONG, MORE, blocks, document, kinds


def test_markup_in_a_document_is_text():
    attack = "<script>alert(1)</script> & <b onclick=x>bold</b>, it said."
    article = article_from(document("<i>Title</i>", "A <b>.", "<h1>One</h1>", attack))
    assert article.title == "<i>Title</i>"
    assert blocks(article) == [("h2", "<h1>One</h1>"), ("p", attack)]
    assert "&lt;script&gt;" in clean_article(article.body)
    assert "<script" not in clean_article(article.body)


def test_an_empty_document_is_refused():
    for text in ["", "\n \t\n", "\xa0\u200b\ufeff"]:
        with pytest.raises(ImportRefused, match="empty"):
            article_from(text)


def test_the_source_is_told_by_title_and_standfirst():
    text = document("Title", "Short.", "One", LONG)
    source = article_from(text).source
    assert source.startswith("text:")
    assert article_from(text + MORE).source == source
    assert article_from(text.replace("Title", "Titel")).source != source
    assert article_from(text.replace("Short.", "Brief.")).source != source


pieces = st.one_of(
    st.text(),
    st.sampled_from(
        [
            *(
                LONG,
                MORE,
                "The Vote",
                "Who Pays?",
                "Nobody moved.",
                "“No”",
                "***",
                "---",
            ),
            *(
                "- rust",
                "1. one",
                "2. two",
                "<script>x</script>",
                "&amp;",
                "© 2024",
                "  ",
            ),
        ]
    ),
)
documents = st.lists(
    st.tuples(pieces, st.sampled_from(["\n", "\n\n", "\n\n\n  ", "\r\n\t", "\r"]))
).map(lambda parts: "".join(map("".join, parts)))


@given(documents)
def test_no_word_is_ever_lost(text):
    try:
        article = article_from(text)
    except ImportRefused:
        assert not text.strip(" \n\r\t\f\x85\xa0\u200b\u2060\ufeff" + spaces())
        return
    assert set(re.findall(r"<(\w+)", article.body)) <= {
        *("h2", "h3", "p", "ul", "ol", "li", "hr")
    }
    text_of_body = unescape(re.sub(r"<[^>]*>", " ", article.body))
    parts = [article.title, article.standfirst, text_of_body, *article.left_out]
    lost = words(text) - words(" ".join(parts))
    markers = Counter(re.findall(r"^\W*(\d{1,3})[.)]\s", text, re.MULTILINE))
    assert not lost - markers


def words(text):
    return Counter(re.findall(r"\w+", text))


def spaces():
    return "".join(c for c in map(chr, range(0x3001)) if c.isspace())


@given(documents)
def test_the_sanitiser_finds_nothing_to_take_out(text):
    try:
        article = article_from(text)
    except ImportRefused:
        return
    cleaned = clean_article(article.body)
    assert len(sections(cleaned)) == article.body.count("<h2>")
    for tag in ["h3", "p", "li", "ul", "ol", "hr"]:
        opening = re.compile(rf"<{tag}\b")
        assert len(opening.findall(cleaned)) == len(opening.findall(article.body))


@given(documents)
def test_headings_are_in_order_and_have_text_after_them(text):
    try:
        found = kinds(article_from(text))
    except ImportRefused:
        return
    assert not found or found[-1] not in {"h2", "h3"}
    for before, kind in pairwise(["p", *found]):
        assert kind != "h3" or before == "h2"
