import pytest

from tests.factories import make_user


@pytest.fixture
def desk(client, db):
    client.force_login(make_user(role="Editors"))
    return client
