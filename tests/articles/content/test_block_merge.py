"""Merging by block: no word of either side is lost, and separate changes never ask."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.content.block_merge import (
    MINE,
    MOST_BLOCKS,
    THEIRS,
    BlockConflict,
    blocks_of,
    merge_blocks,
)
from articles.content.html import clean_article

BASE = "<p>One.</p><h2>Two</h2><p>Three.</p><ul><li>a</li><li>b</li></ul><p>Five.</p>"


def words_of(html):
    return Counter(re.findall(r"\w+", re.sub(r"<[^>]*>", " ", html)))


def paragraphs(*texts):
    return "".join(f"<p>{text}</p>" for text in texts)


def test_blocks_are_what_stands_at_the_top_level():
    html = (
        "Text <em>first</em><p>One<br>line</p> <blockquote><p>Q</p></blockquote><hr>"
        '<figure><img src="/media/x.png" alt="a > b"><figcaption>C</figcaption></figure>'
        "<ul><li><p>a</p><ul><li>b</li></ul></li></ul>last"
    )
    assert blocks_of(html) == [
        "Text <em>first</em>",
        "<p>One<br>line</p>",
        "<blockquote><p>Q</p></blockquote>",
        "<hr>",
        '<figure><img src="/media/x.png" alt="a > b"><figcaption>C</figcaption></figure>',
        "<ul><li><p>a</p><ul><li>b</li></ul></li></ul>",
        "last",
    ]
    assert blocks_of("") == []


def test_changes_of_neighbouring_blocks_are_merged():
    mine = BASE.replace("Three.", "Three, mine.")
    theirs = BASE.replace("<li>b</li>", "<li>b</li><li>c</li>")
    merge = merge_blocks(BASE, mine, theirs)
    assert merge.conflicts == []
    assert merge.html == mine.replace("<li>b</li>", "<li>b</li><li>c</li>")


def test_what_both_inserted_at_one_place_is_kept():
    merge = merge_blocks(BASE, BASE + "<p>Mine.</p>", BASE + "<p>Theirs.</p>")
    assert merge.conflicts == []
    assert merge.html == BASE + "<p>Theirs.</p><p>Mine.</p>"


def test_what_both_inserted_alike_stands_there_once():
    both = BASE + "<p>New.</p>"
    assert merge_blocks(BASE, both, both).html == both


def test_the_same_block_changed_by_both_is_a_conflict_with_both_texts():
    mine = BASE.replace("Three.", "Mine.").replace("One.", "One!")
    theirs = BASE.replace("Three.", "Theirs.").replace("Five.", "Five!")
    merge = merge_blocks(BASE, mine, theirs)
    [conflict] = merge.conflicts
    assert conflict == BlockConflict("<p>Mine.</p>", "<p>Theirs.</p>")
    assert merge.html == mine.replace("Five.", "Five!")
    chosen = merge_blocks(BASE, mine, theirs, choices={conflict.key: THEIRS})
    assert chosen.conflicts == []
    assert chosen.html == theirs.replace("One.", "One!")
    chosen = merge_blocks(BASE, mine, theirs, choices={conflict.key: MINE})
    assert (chosen.html, chosen.conflicts) == (merge.html, [])


def test_a_block_that_one_deleted_and_the_other_changed_is_a_conflict():
    theirs = BASE.replace("Three.", "Theirs.")
    merge = merge_blocks(BASE, BASE.replace("<p>Three.</p>", ""), theirs)
    assert merge.conflicts == [BlockConflict("", "<p>Theirs.</p>")]


def test_a_heading_whose_id_alone_differs_is_not_changed():
    base = clean_article("<h2>Same</h2><p>x</p>")
    mine = clean_article("<h2>Same</h2><p>y</p><h2>Same</h2><p>x</p>")
    theirs = clean_article("<h2>Same</h2><p>z</p>")
    merge = merge_blocks(base, mine, theirs)
    assert clean_article(merge.html) == clean_article(
        "<h2>Same</h2><p>y</p><h2>Same</h2><p>z</p>"
    )


def test_a_paragraph_that_one_split_and_another_that_the_other_changed_are_merged():
    base = paragraphs("a b c d e f", "second")
    mine = paragraphs("a b c", "d e f", "second")
    theirs = paragraphs("a b c d e f", "second, theirs")
    merge = merge_blocks(base, mine, theirs)
    assert merge.html == paragraphs("a b c", "d e f", "second, theirs")
    assert merge.conflicts == []


@pytest.mark.parametrize("count", [MOST_BLOCKS + 10])
def test_very_many_blocks_lose_nothing(count):
    base = paragraphs(*(f"b{number}" for number in range(count)))
    mine = paragraphs(*(f"m{number}" for number in range(count)))
    theirs = base + paragraphs("end")
    merge = merge_blocks(base, mine, theirs)
    assert (merge.html, merge.conflicts) == (mine + paragraphs("end"), [])


# Each block has words of its own, as those of real articles do.
@st.composite
def separate_changes(draw):
    """A base, and changes of it in which no block is touched by both sides."""
    length = draw(st.integers(1, 12))
    base = [f"b{number} of base" for number in range(length)]
    sides = {"m": [], "t": []}
    for number, text in enumerate(base):
        who = draw(st.sampled_from("mt-"))
        for side, blocks in sides.items():
            new = [f"{side}{number}n{n}" for n in range(draw(st.integers(0, 1)))]
            step = draw(st.sampled_from(["change", "rewrite", "delete"]))
            if who != side:
                blocks += [*new, text]
            elif step != "delete":
                changed = f"b{number} {side}{number}"
                blocks += [*new, changed if step == "change" else f"{side}{number}"]
    return base, sides["m"], sides["t"]


@given(separate_changes())
def test_separate_changes_never_ask_and_all_their_words_are_there(texts):
    base, mine, theirs = texts
    merge = merge_blocks(*(paragraphs(*text) for text in texts))
    assert merge.conflicts == []
    merged = words_of(merge.html)
    for side in (mine, theirs):
        assert merged >= words_of(paragraphs(*(b for b in side if b not in base)))
    # What nobody has touched is there in its order.
    untouched = [block for block in base if block in mine and block in theirs]
    kept = [block for block in re.findall("<p>(.*?)</p>", merge.html) if block in base]
    assert kept == untouched


few_words = st.lists(st.sampled_from(["a", "b", "a b", "c", "a c d"]), max_size=6)


@given(few_words, few_words, few_words)
def test_no_word_that_either_side_wrote_is_lost(base, mine, theirs):
    """Also with equal blocks, whose places cannot be told apart."""
    base, mine, theirs = (paragraphs(*texts) for texts in (base, mine, theirs))
    merge = merge_blocks(base, mine, theirs)
    there = words_of(merge.html)
    for conflict in merge.conflicts:
        there |= words_of(conflict.theirs) + there
    for side in (mine, theirs):
        assert there >= words_of(side) - words_of(base)


@given(few_words, few_words)
def test_what_only_one_side_changed_is_as_that_side_has_it(base, mine):
    base, mine = paragraphs(*base), paragraphs(*mine)
    for merge in (merge_blocks(base, mine, base), merge_blocks(base, base, mine)):
        assert (merge.html, merge.conflicts) == (mine, [])
    assert merge_blocks(base, mine, mine).html == mine


@given(few_words, few_words, few_words)
def test_with_every_choice_made_nothing_is_asked(base, mine, theirs):
    texts = [paragraphs(*text) for text in (base, mine, theirs)]
    conflicts = merge_blocks(*texts).conflicts
    choices = {conflict.key: THEIRS for conflict in conflicts}
    assert merge_blocks(*texts, choices=choices).conflicts == []
