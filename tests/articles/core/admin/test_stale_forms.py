"""Stale forms in general; the tests of each such form stand beside the form."""

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.http import QueryDict

from articles.core.admin.stale_forms import as_seen, value_to_save


class AnyForm(forms.Form):
    """One field, and a second one with what was on the screen."""

    field = forms.Field(required=False)

    def __init__(self, typed, seen):
        super().__init__(QueryDict() if seen is None else {"seen": seen})
        self.cleaned_data = {"field": typed}


def ask(*, typed, seen, now):
    form = AnyForm(typed, seen)
    return value_to_save(form, "field", now=now, seen_in="seen")


@pytest.mark.parametrize(
    ("typed", "seen", "now", "result"),
    [
        ("mine", "once", "once", "mine"),
        ("once", "once", "theirs", "theirs"),
        ("same", "once", "same", "same"),
        ("mine", None, "theirs", "mine"),
        ("two\r\nlines ", "two\nlines", "theirs", "theirs"),
        (False, "False", True, True),
        (None, "", date(2026, 11, 30), date(2026, 11, 30)),
    ],
)
def test_what_only_one_has_changed_is_meant(typed, seen, now, result):
    assert ask(typed=typed, seen=seen, now=now) == result


def test_where_the_form_comes_back_theirs_stands_in_it():
    form = AnyForm("once", "once")
    value_to_save(form, "field", now="theirs", seen_in="seen")
    assert (form.data["field"], form.data["seen"]) == ("theirs", "theirs")


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        ("theirs", "Someone set this to “theirs” after you opened the form."),
        ("", "Someone cleared this field after"),
        (None, "Someone cleared this field after"),
        (1.0, "Someone set this to “1.0” after"),
        (True, "Someone selected this after"),
        (False, "Someone cleared this after"),
        (date(2026, 11, 30), "Someone set this to “30 November 2026” after"),
        (
            datetime(2026, 11, 30, 8, 15, tzinfo=UTC),
            "Someone set this to “30 November 2026, 08:15 UTC” after",
        ),
    ],
)
def test_of_two_changes_the_form_says_what_the_others_was(now, sentence, settings):
    settings.TIME_ZONE = "UTC"
    with pytest.raises(forms.ValidationError, match=sentence):
        ask(typed="mine", seen="once", now=now)


def test_sent_again_ones_own_is_meant():
    form = AnyForm("mine", "once")
    with pytest.raises(forms.ValidationError):
        value_to_save(form, "field", now="theirs", seen_in="seen")
    assert value_to_save(form, "field", now="theirs", seen_in="seen") == "mine"


def test_a_moment_was_seen_to_the_second():
    moment = datetime(2026, 11, 30, 8, 15, 1, 999, tzinfo=UTC)
    assert as_seen(moment) == "2026-11-30T08:15:01+00:00"
