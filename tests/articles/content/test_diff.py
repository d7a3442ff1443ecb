import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.content.diff import (
    GONE,
    MOST_DIFF_ROWS,
    NEW,
    SAME,
    compare_snapshots,
    rows,
)
from articles.content.html import Paragraph, clean_article

paragraph_lists = st.lists(
    st.builds(Paragraph, st.sampled_from(["p", "h2"]), st.text("ab ", min_size=1)),
    max_size=12,
)


def body(*texts):
    return {"body": "".join(f"<p>{text}</p>" for text in texts)}


def shown(comparison, name="body"):
    """The rows of one part as plain text."""
    return [
        row.skipped or (said(row.old), said(row.new))
        for part in comparison.parts
        if part.name == name
        for row in part.rows
    ]


def said(pieces):
    marks = {SAME: "{}", GONE: "[-{}]", NEW: "[+{}]"}
    return pieces and "".join(marks[kind].format(text) for kind, text in pieces)


def whole(pieces):
    return "".join(text for _, text in pieces)


@given(paragraph_lists, paragraph_lists)
def test_both_texts_stand_there_whole_and_in_their_order(old, new):
    found = list(rows(old, new))
    assert [whole(row.old) for row in found if row.old] == [p.text for p in old]
    assert [whole(row.new) for row in found if row.new] == [p.text for p in new]
    for row in found:
        if row.is_same:
            assert row.old == row.new


@given(paragraph_lists)
def test_nothing_differs_from_itself(text):
    assert all(row.is_same for row in rows(text, text))


def test_a_changed_word_is_marked_in_its_paragraph():
    found = compare_snapshots({"title": "I went home"}, {"title": "I ran home"})
    assert shown(found, "title") == [("I [-went] home", "I [+ran] home")]


def test_a_paragraph_keeps_its_place_when_one_is_put_before_it():
    old = body("First.", "It was a long way to the sea.", "Last.")
    new = body("First.", "Quite new.", "It was a long way to the hills.", "Last.")
    assert shown(compare_snapshots(old, new)) == [
        ("First.", "First."),
        (None, "[+Quite new.]"),
        (
            "It was a long way to the [-sea].",
            "It was a long way to the [+hills].",
        ),
        ("Last.", "Last."),
    ]


def test_what_is_the_same_far_from_a_change_is_not_shown():
    old = body(*"abcdef", "old end")
    assert shown(compare_snapshots(old, body(*"abcdef", "new end"))) == [
        5,
        ("f", "f"),
        ("[-old] end", "[+new] end"),
    ]


def test_a_link_that_leads_elsewhere_and_another_picture_are_seen():
    old = {"body": '<p><a href="/a">Here</a></p><img src="/media/a.png" alt="A">'}
    new = {"body": '<p><a href="/b">Here</a></p><img src="/media/a.png" alt="B">'}
    assert shown(compare_snapshots(old, new)) == [
        ("Here [/[-a]]", "Here [/[+b]]"),
        ("[picture /media/a.png “[-A]”]", "[picture /media/a.png “[+B]”]"),
    ]


def test_it_is_said_when_only_emphasis_differs():
    (part,) = compare_snapshots(body("Here"), body("<em>Here</em>")).parts
    assert part.reads_the_same


def test_the_byline_is_compared_with_its_roles():
    ana = {"person": 1, "name": "Ana Ruiz", "role": "by"}
    photos = ana | {"role": "photographs"}
    found = compare_snapshots({"byline": [ana]}, {"byline": [photos]})
    assert shown(found, "byline") == [("Ana Ruiz", "Ana Ruiz[+ (photographs)]")]


def test_of_what_was_not_kept_then_nothing_is_said():
    found = compare_snapshots({"title": "A"}, {"title": "A", "tags": ["Sea"]})
    assert (found.parts, found.unknown) == ([], ["tags"])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<p>One two three four.</p>" * 70_000, "<p>One two four.</p>" * 70_000),
        ("<p>a</p><p>b</p>" * 60_000, "<p>b</p><p>a</p>" * 60_000),
        (f"<p>{'a b ' * 500_000}</p>", f"<p>{'a c ' * 500_000}</p>"),
    ],
    ids=["many paragraphs", "over and over the same", "one paragraph"],
)
def test_two_megabytes_are_compared_in_a_moment(old, new):
    old, new = clean_article(old), clean_article(new)
    start = time.monotonic()
    (part,) = compare_snapshots({"body": old}, {"body": new}).parts
    # A generous limit for a busy machine: quadratic time would take hours.
    assert time.monotonic() - start < 30
    assert len(part.rows) <= MOST_DIFF_ROWS
