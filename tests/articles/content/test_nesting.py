import re
from html.parser import HTMLParser
from time import process_time

import pytest
from django.db import connection
from hypothesis import example, given, settings
from hypothesis import strategies as st

from articles.content import html
from articles.content.html import clean_article
from articles.content.nesting import DEEPEST, limit_nesting
from tests.factories import make_article, make_visible_article

ALLOWED = {"p", "ul", "ol", "li", "em", "a", "table", "tr", "td", "h2", "br", "img"}


class Depth(HTMLParser):
    """Measures how deep the elements of well-formed HTML are nested."""

    def __init__(self, html):
        super().__init__()
        self.now = self.deepest = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag not in {"br", "hr", "img"}:
            self.now += 1
            self.deepest = max(self.deepest, self.now)

    def handle_endtag(self, tag):
        self.now -= 1


def words(html):
    return re.sub(r"<[^>]*>|\s", "", html)


def limited(html):
    return limit_nesting(html, allowed=ALLOWED)


@pytest.mark.parametrize(
    "html",
    [
        "<p>a</p>" * 3000,
        "<ul><li>a</li></ul>" * 300,
        "<ul><li>" * 25 + "a" + "</li></ul>" * 25,
        # Malformed, but shallow.
        "<P>a<p>b<br>" * 100,
        "<li>a" * 200,
        '<p><em title="1">a</p>' * 100,
        "1 < 2 " * 60,
    ],
)
def test_what_is_not_too_deep_comes_back_as_it_is(html):
    assert limited(html) is html


def test_what_lies_too_deep_loses_its_tags_and_no_words():
    html = clean_article("".join(f"<ul><li>word{n}" for n in range(100)))
    assert Depth(html).deepest == DEEPEST
    assert html.startswith("<ul><li>word0<ul><li>word1")
    assert words(html) == "".join(f"word{n}" for n in range(100))
    assert "word98 word99" in " ".join(html.split())


def test_what_follows_the_deep_part_is_as_it_was():
    html = "<ul><li>" * 100 + "a" + "</li></ul>" * 100 + "<p>b <em>c</em></p>"
    assert clean_article(html).endswith("</li></ul><p>b <em>c</em></p>")


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ("<P>a<p>b", "<p>a</p><p>b</p>"),
        ("<li>a<li>b", "<li>a</li><li>b</li>"),
        (
            '<a href=/x title=\'"y"\' onclick="z">a</a>',
            '<a href="/x" title="&quot;y&quot;" onclick="z">a</a>',
        ),
        ("<!-- <ul> --><script>'<ul>'</script>a", "a"),
        ("<em>a</p></em>b", "<em>a</em>b"),
        ("<div>a</div>", "a"),
        ("1 < 2", "1 &lt; 2"),
        ("a<p title='", "a"),
    ],
)
def test_so_many_tags_of_any_kind_are_written_anew(html, clean):
    many = "<p>.</p>" * 600 + "<p>.</em></p>"
    begin = "<p>.</p>" * 601
    assert limited(many + html) == begin + clean


@pytest.mark.parametrize(
    "piece",
    [
        "<ul><li>",
        "<blockquote>",
        "<div>",
        "<em><strong>",
        "<ul title='>' class='</ul>'>",
        "<ul><!--</ul>-->",
        '<ul "><li>',
        '<p><em title="</em>">',
        "<table><tr><td>",
        "<a href='",
        "<p><",
        "<svg><p>",
        "<!--",
        "</",
        "<",
        "&",
    ],
)
def test_cleaning_takes_time_in_proportion_to_the_length(piece):
    def seconds(html):
        start = process_time()
        clean_article(html)
        return process_time() - start

    length = 32_000
    plain = min(seconds(f"<p>{n}</p>" * (length // 8)) for n in range(3))
    dear = min(seconds(f"{n}{piece * (length // len(piece))}") for n in range(2))
    assert dear < 15 * plain, (dear, plain)


@settings(max_examples=50)
@given(
    st.lists(
        st.sampled_from(
            [
                "<ul>",
                "<li>",
                "</li>",
                "</ul>",
                "<p>",
                "</p>",
                "<em>",
                "</em>",
                "<table>",
                "<tr>",
                "<td>",
                "</table>",
                "<a>",
                "</a>",
                "<h2>",
                "</h2>",
                "<div>",
                "<br>",
                "word",
                "&",
                "<",
                ">",
                '"',
                "'",
                "<!--",
                "-->",
                "<UL",
                "title='<li>'>",
            ]
        ),
        max_size=300,
    )
)
@example(["<ul>"] * 300)
@example(["<em>", "<p>"] * 150)
@example(["<table>", "<tr>", "<td>"] * 80)
def test_nothing_comes_out_deeper_and_cleaning_again_changes_nothing(pieces):
    once = clean_article("".join(pieces))
    assert Depth(once).deepest <= DEEPEST
    assert clean_article(once) == once


def test_a_text_is_cleaned_on_the_way_in_and_not_on_each_read(client, db, monkeypatch):
    article = make_visible_article(body="<p>Once.</p>")

    def clean_again(html):
        raise AssertionError("cleaned on a read")

    monkeypatch.setattr(html, "clean_article", clean_again)
    for address in [article.get_absolute_url(), "/feeds/rss.xml"]:
        assert b"Once." in client.get(address).content


def test_what_was_put_past_the_model_is_cleaned_when_it_is_read(client, db):
    article = make_visible_article(body="<p>Mine.</p>")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE articles_article SET body = %s",
            ["<p>Theirs.<script>alert(1)</script></p>"],
        )
    for _ in range(2):
        page = client.get(article.get_absolute_url()).content
        assert b"Theirs." in page
        assert b"alert(1)" not in page


def test_a_text_that_is_too_long_is_refused_with_a_sentence(db, monkeypatch):
    monkeypatch.setattr(html, "LONGEST_HTML", 10)
    article = make_article()
    article.body = "<p>Longer than that.</p>"
    with pytest.raises(html.ValidationError, match="24 characters"):
        article.full_clean()
