import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from comments.forms import CommentForm
from comments.models import Comment
from comments.models.comment import LONGEST_BODY
from comments.text.html import MOST_MARKS, characters
from tests.factories import (
    make_comment,
    make_shown_comment,
    make_visible_article,
)


def filled_in(article=None, **data):
    article = article or make_visible_article()
    data = {"name": "Inés", "body": "A remark."} | data
    return CommentForm(data, instance=Comment(article=article))


def saved(**data):
    form = filled_in(**data)
    assert form.is_valid(), form.errors
    return form.save()


def test_a_name_and_a_comment_are_enough(db):
    comment = saved()
    assert (comment.name, comment.email, comment.body) == ("Inés", "", "A remark.")
    assert comment.status == Comment.Status.PENDING


def test_a_name_and_a_comment_are_needed(db):
    assert set(filled_in(name=" ", body="\n").errors) == {"name", "body"}
    assert set(filled_in(name="\u200b", body="\u3164").errors) == {"name", "body"}


def test_a_name_has_80_characters_and_a_comment_5000(db):
    assert saved(name="n" * 80, body="b" * LONGEST_BODY)
    errors = filled_in(name="n" * 81, body="b" * (LONGEST_BODY + 1)).errors
    assert errors["name"] == ["The name has 81 characters; the limit is 80."]
    [sentence] = errors["body"]
    assert "has 5,001 characters; the limit is 5,000" in sentence


@pytest.mark.parametrize("character", ["é", "e\u0301", "🇫🇷", "👍🏽", "कि", "ﷺ"])
def test_a_character_is_what_people_see_as_one(db, character):
    comment = saved(name=character * 80, body=character * LONGEST_BODY)
    assert comment.body == character * LONGEST_BODY
    too_long = filled_in(name=character * 81, body=character * (LONGEST_BODY + 1))
    assert set(too_long.errors) == {"name", "body"}


def test_a_tower_of_marks_is_refused_with_a_sentence_of_its_own(db):
    assert saved(body="Z̸̡͎a̵l̶g̷o is fine.")
    tower = "a" + "\u0301" * 1000
    errors = filled_in(name=tower, body=tower * 20).errors
    for field in ["name", "body"]:
        assert errors[field] == [
            "The letters carry too many accents or marks. Please remove some."
        ]


def test_few_letters_with_a_long_row_of_marks_are_a_tower_too(db):
    # Far fewer code points than a comment may have; normalising the row takes too long.
    assert saved(body="a" + "\u0323\u0301" * (MOST_MARKS // 2))
    errors = filled_in(body="a" + "\u0323\u0301" * 16).errors
    assert errors["body"] == [
        "The letters carry too many accents or marks. Please remove some."
    ]


def test_the_limits_are_told_before_they_are_hit(db):
    form = CommentForm(instance=Comment(article=make_visible_article()))
    assert "Up to 80 characters" in form["name"].help_text
    assert "Up to 5,000 characters" in form["body"].help_text


def test_the_end_of_a_line_is_one_character(db):
    assert saved(body="é\r\n" * 2500).body == "é\n" * 2499 + "é"


def test_controls_are_left_out_and_directions_stay_within_the_name(db):
    comment = saved(name="Edi\x00tor\u202e", body="a\x00\x1bb\ud800\tc")
    assert (comment.name, comment.body) == ("Editor", "ab\tc")


def test_an_email_address_is_optional_and_must_be_one(db):
    assert saved(email="ines@example.org").email == "ines@example.org"
    for address in ["ines", "ines@", "a@b\r\nBcc: x@example.org", "x\x00@example.org"]:
        assert set(filled_in(email=address).errors) == {"email"}, address
    assert set(filled_in(email="e" * 250 + "@example.org").errors) == {"email"}


def test_who_wants_to_hear_of_answers_says_where(db):
    comment = saved(email="ines@example.org", notify="on")
    assert comment.notify
    errors = filled_in(notify="on").errors
    assert errors == {
        "email": [
            "Enter the address for reply notifications, or clear “Email me when someone replies”."
        ]
    }
    assert len(filled_in(notify="on", email="ines@").errors["email"]) == 1


def test_an_address_is_kept_also_of_who_wants_no_mail(db):
    comment = saved(email="ines@example.org")
    assert (comment.email, comment.notify) == ("ines@example.org", False)


def test_an_answer_goes_under_the_comment_it_answers(db):
    root = make_shown_comment()
    reply = saved(article=root.article, parent=root.pk)
    assert (reply.parent, reply.root, reply.article) == (root, root, root.article)


def test_only_what_readers_see_under_this_article_can_be_answered(db):
    article = make_visible_article()
    elsewhere, waiting = make_shown_comment(), make_comment(article=article)
    tombstone = make_shown_comment(article=article)
    make_shown_comment(parent=tombstone)
    tombstone.withdraw()
    for parent in [
        elsewhere.pk,
        waiting.pk,
        tombstone.pk,
        4711,
        10**30,
        "x",
        "-1",
        "\x00",
    ]:
        form = filled_in(article=article, parent=parent)
        assert set(form.errors) == {"parent"}, parent


def test_nothing_else_can_be_sent(db):
    other = make_visible_article()
    article = make_visible_article()
    comment = saved(
        article=article,
        status="approved",
        created_at="2001-01-01",
        first_shown_at="2001-01-01",
        network="n",
        repeat_key="k",
        by="1",
        root="1",
        id="4711",
        article_id=other.pk,
    )
    comment.refresh_from_db()
    assert comment.article == article
    assert comment.status == Comment.Status.PENDING
    assert comment.created_at.year != 2001
    assert comment.first_shown_at is None
    assert (comment.network, comment.repeat_key, comment.by_id) == ("", None, None)
    assert comment.pk != 4711


def test_the_decoy_is_out_of_everybodys_reach(db):
    decoy = str(
        CommentForm(instance=Comment(article=make_visible_article()))["subject"]
    )
    assert 'tabindex="-1"' in decoy
    assert 'autocomplete="off"' in decoy


def test_whoever_fills_in_the_decoy_is_known_by_it_and_told_nothing(db):
    form = filled_in(subject="Cheap \x00 watches")
    assert form.is_valid()
    assert form.fell_for_the_decoy
    form = filled_in(subject="  ")
    assert form.is_valid()
    assert not form.fell_for_the_decoy


def test_no_browser_cuts_what_is_pasted(db):
    form = CommentForm(instance=Comment(article=make_visible_article()))
    assert "maxlength" not in form.as_p()


def test_no_comment_answers_itself(db):
    article = make_visible_article()
    before = make_shown_comment(article=article)
    for parent in range(before.pk + 1, before.pk + 4):
        assert set(filled_in(article, parent=parent).errors) == {"parent"}


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("One" + "\r\n" * 10_000 + "two", None),
        ("w" * 500, "w" * 500),
        ("a\x00b\ud800c", "abc"),
        ("One\u202eowt", "One\u202eowt"),
        (
            "javascript:alert(1) data:text/html,x //host",
            "javascript:alert(1) data:text/html,x //host",
        ),
    ],
)
def test_an_odd_text_is_kept_as_it_can_be_or_refused(db, body, kept):
    form = filled_in(body=body)
    assert form.is_valid() is (kept is not None)
    if kept:
        assert form.save().body == kept
    else:
        assert "has 10,006 characters" in form.errors["body"][0]


def test_naughty_strings_in_every_field_break_nothing(db, samples):
    article = make_visible_article()
    for string in json.loads((samples / "unicode" / "blns.json").read_text()):
        form = filled_in(article, name=string, email=string, parent=string)
        assert "parent" in form.errors or not string.strip(), string


class AnyTextTest(TestCase):
    """Any input is accepted or refused. A class, because Hypothesis needs one with a database."""

    @settings(max_examples=150, deadline=None)
    @given(
        name=st.text(max_size=100),
        email=st.text(max_size=40) | st.emails(),
        body=st.text(max_size=300),
        parent=st.text(max_size=5) | st.integers().map(str),
        subject=st.text(max_size=5),
        notify=st.sampled_from(["", "on", "false", "\x00"]),
    )
    def test_any_text_is_taken_or_refused_with_a_sentence(self, **data):
        form = filled_in(**data)
        if form.is_valid():
            stored = Comment.objects.get(pk=form.save().pk)
            assert 1 <= characters(stored.name) <= 80
            assert stored.body
            assert stored.email or not stored.notify
            assert stored.status == Comment.Status.PENDING
        else:
            for sentences in form.errors.values():
                assert all(sentences)
