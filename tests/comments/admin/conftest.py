import pytest

from tests.comments.admin.queue_page import DIFFERENT
from tests.factories import make_comment, make_user


@pytest.fixture
def moderator(client, db):
    user = make_user(
        role="Moderators", first_name="Ana", last_name="Sousa", password=None
    )
    client.force_login(user)
    return user


@pytest.fixture
def other(db):
    return make_user(
        role="Moderators", first_name="Bo", last_name="Lind", password=None
    )


@pytest.fixture
def waiting(db):
    """Unrelated comments, oldest first."""
    return [make_comment(body=body) for body in DIFFERENT]
