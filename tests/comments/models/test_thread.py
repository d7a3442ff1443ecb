from datetime import timedelta

from django.utils import timezone

from comments.models import Thread
from tests.factories import make_article


def test_an_article_has_one_thread_made_when_first_needed(db):
    article = make_article()
    assert Thread.objects.of(article) == Thread.objects.of(article)


def test_a_thread_closes_by_policy_or_by_its_hour(db):
    thread = Thread.objects.of(make_article())
    assert not thread.is_closed
    thread.closes_at = timezone.now() + timedelta(minutes=1)
    assert not thread.is_closed
    thread.closes_at = timezone.now()
    assert thread.is_closed
    assert Thread(policy=Thread.Policy.CLOSED).is_closed
    assert not Thread(policy=Thread.Policy.HELD).is_closed
