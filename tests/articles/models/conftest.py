import pytest
from django.utils import timezone

from articles.models import Article
from tests.factories import DAY, HOUR, make_article, make_visible_article

Status = Article.Status


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def one_of_each(db, now):
    """A dict from the names of all states to an article in that state."""
    return {
        "draft": make_article(),
        "in review": make_article(status=Status.IN_REVIEW),
        "scheduled": make_visible_article(published_at=now + HOUR),
        "under embargo": make_visible_article(embargo_until=now + HOUR),
        "visible": make_visible_article(),
        "visible after its embargo": make_visible_article(embargo_until=now - HOUR),
        "withdrawn": make_article(status=Status.WITHDRAWN, published_at=now - DAY),
    }
