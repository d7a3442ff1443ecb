import pytest

from tests.factories import make_user


@pytest.fixture
def editor(db):
    return make_user(role="Editors", first_name="Edda", last_name="Torres")


@pytest.fixture
def writer(db):
    return make_user(role="Writers")


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client
