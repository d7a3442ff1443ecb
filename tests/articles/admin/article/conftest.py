import pytest

from tests.articles.admin.article.form_page import client_of
from tests.factories import make_user


@pytest.fixture
def bo(db):
    return client_of(make_user(role="Editors", first_name="Bo", last_name="Lund"))
