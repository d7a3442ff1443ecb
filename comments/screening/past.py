"""What the rules need to know of a comment, read from the database in so many queries, whoever and however many there are."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import CharField, Value

from articles.models import Person
from comments.classifier.features import spelt
from comments.conversation import thread_of
from comments.models import Classifier, FeatureCount
from comments.screening.records import Account, Posted

STAFF, BYLINE = "staff", "byline"


def posted_as(comment, *, body=None, by=None, decoy=False):
    """The comment, as it is or with another body, for the rules to look at; `by` is the moderator who sends it signed in."""
    staff, bylines = _people_of_the_newsroom(comment.name)
    body = comment.body if body is None else body
    learnt, acts = FeatureCount.objects.learnt_of(spelt(body))
    return Posted(
        name=comment.name,
        body=body,
        by=by and Account(by.get_username(), by.get_full_name()),
        fell_for_the_decoy=decoy,
        thread_is_held=thread_of(comment.article).is_held,
        site_name=settings.SITE_NAME,
        staff=staff,
        bylines=bylines,
        learnt=learnt,
        classifier_holds=acts == Classifier.Acts.HOLD,
        classifier_marks=acts == Classifier.Acts.MARK,
    )


def _people_of_the_newsroom(name):
    """All who can sign in to the desk, who are few, and those of the bylines who resemble the name."""
    accounts = get_user_model().objects.filter(is_active=True, is_staff=True)
    people = Person.objects.looking_like(name).order_by()
    rows = accounts.values_list(_text(STAFF), "username", "first_name", "last_name")
    rows = list(rows.union(people.values_list(_text(BYLINE), "name", *[_text("")] * 2)))
    staff = [
        Account(user_name, f"{first} {last}".strip())
        for kind, user_name, first, last in rows
        if kind == STAFF
    ]
    bylines = [name for kind, name, *_ in rows if kind == BYLINE]
    return tuple(staff), tuple(bylines)


def _text(text):
    return Value(text, output_field=CharField())
