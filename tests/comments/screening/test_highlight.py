import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from comments.models import Signal
from comments.screening.highlight import marked


def words(rule, *words):
    return Signal(rule=rule, words="\n".join(words))


def test_what_matched_is_marked_and_everything_is_escaped():
    html = marked("<b>C4sino</b> & specialist", [words("banned_terms", "C4sino")])
    assert html == "&lt;b&gt;<mark>C4sino</mark>&lt;/b&gt; &amp; specialist"


def test_links_are_marked_where_they_stand():
    html = marked("a.com, b.com", [words("links", "a.com", "b.com")])
    assert html == "<mark>a.com</mark>, <mark>b.com</mark>"


def test_names_that_a_name_resembles_are_not_marked_in_the_words():
    assert marked("Ana Ruiz", [words("look_alike_byline", "Ana Ruiz")]) == "Ana Ruiz"


@given(st.text(), st.lists(st.text(max_size=6), max_size=4))
def test_no_letter_is_lost(body, found):
    html = marked(body, [words("classifier", *found), words("links", *found)])
    assert unescape(re.sub("</?mark>", "", html)) == unescape(
        re.sub("</?mark>", "", marked(body, []))
    )
