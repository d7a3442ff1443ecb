import re
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from newsroom.admin.shortcuts import for_script
from tests.factories import make_article, make_user

PAGE = reverse("desk_shortcuts")
SCRIPT = Path(__file__).parents[3] / "static" / "desk" / "shortcuts.js"


def keys_of(role):
    return {" ".join(shortcut["keys"]) for shortcut in for_script(make_user(role=role))}


def test_each_sees_the_ways_they_may_go(db):
    assert {"g d", "g a", "g c", "n"} <= keys_of("Editors")
    assert "g q" not in keys_of("Editors")
    assert {"g a", "g c", "g q"} <= keys_of("Moderators")
    assert "n" not in keys_of("Moderators")


def test_the_page_lists_every_key(client, db):
    client.force_login(make_user(role="Editors"))
    page = client.get(PAGE).content.decode()
    for words in [
        "Show keyboard shortcuts",
        "Go to the calendar",
        "Save without leaving",
    ]:
        assert words in page
    assert "moderators’ queue</td>" not in page


def test_no_two_keys_mean_two_things(db):
    user = make_user(is_superuser=True, is_staff=True)
    keys = [tuple(shortcut["keys"]) for shortcut in for_script(user)]
    assert len(keys) == len(set(keys))
    # A single key that begins another shortcut would hide that one.
    assert not {key[0] for key in keys if len(key) > 1} & {
        key[0] for key in keys if len(key) == 1
    }


def test_the_script_knows_every_action(db):
    user = make_user(is_superuser=True, is_staff=True)
    known = re.search(r"const ACTIONS = \{(.*?)\n\};", SCRIPT.read_text(), re.DOTALL)[1]
    for shortcut in for_script(user):
        if not shortcut["address"]:
            assert re.search(rf"\b{shortcut['action']}\b", known)


def test_a_reader_is_asked_to_sign_in(client, db):
    assert client.get(PAGE).status_code == 302


@pytest.mark.parametrize("number", [1, 10])
def test_the_page_asks_nothing_of_the_articles_but_how_many_are_in_review(
    client, db, number
):
    for _ in range(number):
        make_article()
    client.force_login(make_user(role="Editors"))
    client.get(PAGE)
    with CaptureQueriesContext(connection) as queries:
        client.get(PAGE)
    asked = [one["sql"] for one in queries if "articles_article" in one["sql"]]
    assert len(asked) == 1
    assert asked[0].startswith("SELECT COUNT(*)")
