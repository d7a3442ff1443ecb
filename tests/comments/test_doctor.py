from datetime import timedelta

import pytest
from django.utils import timezone

from comments import doctor
from comments.doctor import COMMENT_CHECKS
from comments.models import Comment, Thread
from tests.factories import make_comment, make_shown_comment, make_visible_article


def findings():
    return [finding for check in COMMENT_CHECKS for finding in check.find()]


def said():
    return [(finding.name, finding.sentence) for finding in findings()]


@pytest.fixture(params=[1, 2, 10_000])
def batch(request, monkeypatch):
    monkeypatch.setattr(doctor, "ROWS_PER_CHECK", request.param)


@pytest.fixture
def root(db):
    """A root with two approved replies, one that waits, and others around it."""
    root = make_shown_comment(article=make_visible_article(title="The well"))
    for _ in range(2):
        make_shown_comment(parent=root)
    make_comment(parent=root)
    make_shown_comment(parent=make_shown_comment())
    return root


def test_in_a_conversation_as_it_should_be_nothing_is_found(root, batch):
    spam = make_shown_comment(article=root.article)
    make_shown_comment(parent=make_shown_comment(parent=spam))
    spam.mark_spam()
    buried = make_shown_comment(article=root.article)
    make_shown_comment(parent=buried)
    buried.withdraw()
    assert said() == []


def test_a_wrong_count_of_shown_comments_is_found_and_mended(root, batch):
    Thread.objects.filter(article=root.article).update(shown_count=7)
    [finding] = findings()
    assert finding.name == "“The well”"
    assert finding.sentence == "The stored number is 7; the correct number is 3."
    finding.mend()
    assert said() == []
    assert Thread.objects.get(article=root.article).shown_count == 3


def test_an_article_without_a_thread_is_given_one(root, batch):
    Thread.objects.filter(article=root.article).delete()
    [finding] = findings()
    assert finding.sentence == "The stored number is 0; the correct number is 3."
    finding.mend()
    assert Thread.objects.get(article=root.article).shown_count == 3


def test_a_wrong_count_of_replies_is_found_and_mended(root, batch):
    reply = root.replies.first()
    Comment.objects.filter(pk__in=[root.pk, reply.pk]).update(approved_replies=5)
    assert said() == [
        (f"comment {root.pk}", "The stored number is 5; the correct number is 2."),
        (f"comment {reply.pk}", "The stored number is 5; the correct number is 0."),
    ]
    for finding in findings():
        finding.mend()
    assert said() == []
    root.refresh_from_db()
    assert root.approved_replies == 2


def test_what_happened_since_is_counted_when_it_is_mended(root):
    Thread.objects.filter(article=root.article).update(shown_count=7)
    [finding] = findings()
    make_shown_comment(parent=root)
    finding.mend()
    assert said() == []


def test_a_reply_on_another_article_is_found(root, batch):
    reply = root.replies.first()
    elsewhere = make_visible_article()
    Comment.objects.filter(pk=reply.pk).update(article=elsewhere)
    assert (
        f"comment {reply.pk}",
        "It belongs to a different article than the comment that it replies to.",
    ) in said()


@pytest.mark.parametrize("wrong", ["another root", "a reply", "itself"])
def test_a_reply_under_a_wrong_root_is_found(root, batch, wrong):
    first, second = root.replies.order_by("pk")[:2]
    other = make_shown_comment(article=root.article)
    change = {
        "another root": {"root": other},
        "a reply": {"root": second},
        "itself": {"parent": first},
    }[wrong]
    Comment.objects.filter(pk=first.pk).update(**change)
    places = [
        found
        for found in findings()
        if found.sentence.startswith("It is not in the conversation")
    ]
    assert [found.name for found in places] == [f"comment {first.pk}"]
    assert places[0].mend is None


def test_a_look_takes_the_same_queries_for_one_and_for_many(
    db, django_assert_num_queries
):
    at = timezone.now() - timedelta(days=1)
    for _ in range(2):
        for _ in range(5):
            make_shown_comment(parent=make_shown_comment(created_at=at))
        # For each check: where the first batch would end, and the one batch there is.
        with django_assert_num_queries(2 * len(COMMENT_CHECKS)):
            findings()
