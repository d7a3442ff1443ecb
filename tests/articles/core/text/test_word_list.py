import pytest
from django.utils.safestring import mark_safe

from articles.core.text.word_list import html_list, word_list


@pytest.mark.parametrize(
    ("items", "sentence"),
    [
        ([], ""),
        (["Ana"], "Ana"),
        (["Ana", "Ben"], "Ana and Ben"),
        (["Ana", "Ben", "Cleo"], "Ana, Ben and Cleo"),
        (["100%", "Ben", "%(left)s"], "100%, Ben and %(left)s"),
    ],
)
def test_a_list_is_joined_as_in_a_sentence(items, sentence):
    assert word_list(items) == sentence


def test_a_list_of_html_escapes_what_is_not_safe():
    assert html_list(["<b>", mark_safe("<i>x</i>")]) == "&lt;b&gt; and <i>x</i>"
