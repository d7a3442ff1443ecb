from datetime import timedelta

from django.utils import timezone

from comments.models import Thread
from tests.factories import DAY, make_article, make_visible_article


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


def test_what_a_thread_does_not_say_is_as_the_site_says(db, settings):
    article = make_visible_article(published_at=timezone.now() - 2 * DAY)
    silent = Thread(article=article)
    outspoken = Thread(article=article, policy=Thread.Policy.OPEN, closes_after_days=0)
    for policy, days, is_held, is_closed in [
        ("open", 0, False, False),
        ("held", 0, True, False),
        ("closed", 0, False, True),
        ("open", 1, False, True),
        ("open", 3, False, False),
    ]:
        settings.COMMENT_POLICY, settings.COMMENTS_CLOSE_AFTER_DAYS = policy, days
        assert (silent.is_held, silent.is_closed) == (is_held, is_closed)
        assert not outspoken.is_held
        assert not outspoken.is_closed


def test_days_are_counted_from_when_readers_could_read(db):
    now = timezone.now()
    article = make_visible_article(published_at=now - 3 * DAY, embargo_until=now - DAY)
    assert not Thread(article=article, closes_after_days=2).is_closed
    assert Thread(article=article, closes_after_days=1).is_closed
    assert not Thread(article=make_article(), closes_after_days=1).is_closed
    assert not Thread(article=article, closes_after_days=32767).is_closed


def test_its_own_hour_goes_before_the_days(db):
    article = make_visible_article(published_at=timezone.now() - 3 * DAY)
    closes_at = timezone.now() + DAY
    thread = Thread(article=article, closes_after_days=1, closes_at=closes_at)
    assert thread.closing_time == closes_at
    assert not thread.is_closed
