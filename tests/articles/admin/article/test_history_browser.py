"""The history in a browser: an editor finds, compares and restores revisions."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.articles.admin.article.test_history import change, page_of
from tests.articles.admin.desk import form_of
from tests.factories import make_user, make_visible_article

pytestmark = pytest.mark.browser

LONG = "Donaudampfschifffahrtsgesellschaftskapitänswitwenverein" * 3


@pytest.fixture
def article(transactional_db):
    ana = make_user(role="Editors", first_name="Ana", last_name="Ruiz")
    article = make_visible_article(
        title="The harbour opens on Monday",
        body="<p>The harbour opens on Monday, the mayor said.</p><h2>Why so late</h2>"
        + "<p>Nobody knows.</p>" * 8
        + "<p>The end.</p>",
        tags=["Sea", "City"],
    )
    change(article, by=ana, note="Names from the register")
    change(
        article,
        by=ana,
        title=f"The harbour opens on Tuesday {LONG}",
        body="<p>The harbour opens on Tuesday, the mayor wrote.</p><h2>Why so late</h2>"
        + "<p>Nobody knows.</p>" * 8
        + f"<p>{LONG}</p><p>The end.</p>",
        tags=["Sea", "Harbour"],
        note=f"The day was wrong {LONG}",
    )
    article.working_copy.call(f"Before the holiday {LONG}"[:100])
    return article


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1440, "dark")])
def test_the_history_is_for_everyone_on_every_screen(article, open_page, width, scheme):
    user = make_user(role="Editors")
    viewport = {"width": width, "height": 900}
    page = open_page(user=user, viewport=viewport, color_scheme=scheme)
    newest = article.working_copy.pk
    for name in ["revisions", "compare", "name"]:
        address = (
            page_of(article, "name_revision", newest)
            if name == "name"
            else page_of(article, name)
        )
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        found = Axe().run(page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    assert page.complaints == []


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_an_editor_compares_two_versions_and_restores_the_older(
    article, open_page, script
):
    page = open_page(user=make_user(role="Editors"), java_script_enabled=script)
    page.goto(form_of(article))
    page.get_by_text("are not published yet").wait_for()
    page.get_by_role("link", name="History").first.click()
    page.get_by_role("button", name="Compare selected versions").click()
    page.get_by_role("heading", name="Tags").wait_for()
    assert page.locator("del").first.inner_text() == "Monday"
    page.get_by_role("link", name="History").click()
    page.get_by_role("button", name="Restore").first.click()
    page.get_by_text("Restored from the version of").first.wait_for()
    page.goto(form_of(article))
    assert page.get_by_label("Title").input_value() == "The harbour opens on Monday"
    assert page.complaints == []
