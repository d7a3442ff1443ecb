import pytest
from django.db import IntegrityError, transaction

from articles.models import TransitionError
from comments.models import Term

pytestmark = pytest.mark.django_db


def put(*texts, kind="suspect"):
    return Term.objects.put_on_the_list(texts, kind=kind, by_name="Ana")


def test_of_words_of_which_one_is_there_none_is_put_on_the_list():
    put("casino")
    with pytest.raises(IntegrityError), transaction.atomic():
        put("bonus", "C4SINO", "free money")
    assert [term.text for term in Term.objects.all()] == ["casino"]


def test_a_word_is_the_same_in_every_disguise():
    (term,) = put("casino")
    assert Term.objects.same_as(["C4s\u00edn\u03bf", "thanks"]).get() == term
    assert not Term.objects.same_as(["casinos"]).exists()


def test_a_word_is_moved_from_the_kind_that_was_seen_only():
    (term,) = put("casino")
    term.move_to("banned", seen="suspect")
    assert Term.objects.get().kind == term.kind == "banned"
    with pytest.raises(TransitionError, match="no longer a suspect term"):
        term.move_to("banned", seen="suspect")
    Term.objects.all().delete()
    with pytest.raises(TransitionError):
        term.move_to("suspect", seen="banned")
