"""No page, mail or form says anything that is not marked for translation."""

import pytest
from django.contrib.auth.forms import SetUnusablePasswordMixin
from django.utils.translation import get_language_info

from newsroom.languages.shipped import SHIPPED
from tests.factories import make_person, make_shown_comment, make_visible_article
from tests.pseudo_locale import (
    pseudo_english,
    texts_of_the_database,
    unmarked_texts,
)
from tests.test_visibility import PUBLIC_LISTS
from tests.who_may import make_world, routes

# What pages show without translating it.
NEVER_TRANSLATED = [
    *[
        "Newsroom",
        "RSS",
        "HTML",
        "JSON",
        "CSV",
        "UTC",
        "Europe/Vienna",
        "localhost:8000",
    ],
    *[
        "testserver",
        "http://",
        "https://",
        "Ctrl",
        "Alt",
        "Shift",
        "Esc",
        "Enter",
        "Tab",
    ],
    # What the articles of this world hold as JSON, and the address of a preview.
    *["Typed", "Better", "/preview/"],
    # Django's own: its icons, the hash of a password, permissions of a group, and the help of
    # AdminPasswordChangeForm, which is joined before a language is known.
    *[
        "True",
        "False",
        "md5",
        "Group-permission relationship",
        "Group_permissions object",
    ],
    *["User-group relationship", "User_groups object"],
    *["If disabled, the current password for this user will be lost."],
    *[str(SetUnusablePasswordMixin.usable_password_help_text)],
    # The list of languages names each language in that language.
    *[get_language_info(code)["name_local"] for code in SHIPPED],
]
AREAS = sorted({"/".join(route.split("/")[1:3]) for route in routes()})


@pytest.fixture
def world(db):
    return make_world()


@pytest.mark.parametrize("area", AREAS)
def test_the_desk_shows_only_marked_texts(world, area):
    wrong = {}
    own = [route for route in routes() if "/".join(route.split("/")[1:3]) == area]
    data = [*NEVER_TRANSLATED, *texts_of_the_database()]
    with pseudo_english():
        for route in own:
            address = world.address(route, "live")
            for method in ["get", "post"]:
                answer = world.ask("superuser", address, method)
                if answer.headers.get("Content-Type", "").startswith("text/html"):
                    found = unmarked_texts(_content(answer), data=data)
                    if found:
                        wrong[f"{method} {address}"] = found
    assert not wrong, _listed(wrong)


@pytest.mark.parametrize("pattern", PUBLIC_LISTS)
def test_readers_see_only_marked_texts(db, client, settings, pattern):
    settings.SHOW_CHANGES = True
    article = make_visible_article(
        slug="the-visible-one", tags=["Rivers"], byline=[make_person(name="Ana Ruiz")]
    )
    make_shown_comment(article=article)
    address = pattern.format(
        year=f"{article.published_at:%Y}", month=f"{article.published_at:%m}"
    )
    data = [*NEVER_TRANSLATED, *texts_of_the_database()]
    with pseudo_english():
        answer = client.get(address)
        if answer.headers["Content-Type"].startswith("text/html"):
            found = unmarked_texts(_content(answer), data=data)
            assert not found, found


def _content(answer):
    return b"".join(answer).decode() if answer.streaming else answer.content.decode()


def _listed(wrong):
    return "\n".join(
        f"{address}\n    " + "\n    ".join(texts) for address, texts in wrong.items()
    )
