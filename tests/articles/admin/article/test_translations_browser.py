"""The source beside the form of a translation, in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from articles.publishing.translating import translate
from tests.articles.admin.desk import form_of
from tests.factories import make_user, make_visible_article

pytestmark = pytest.mark.browser


@pytest.fixture
def page(transactional_db, open_page, settings):
    settings.FURTHER_LANGUAGES = ["de"]
    editor = make_user(role="Editors")
    source = make_visible_article(title="The bridge", language="en")
    source.keep_revision(kind="published")
    page = open_page(user=editor, viewport={"width": 1440, "height": 900})
    page.goto(form_of(translate(source, "de", by=editor)))
    return page


def test_the_source_stands_beside_the_form_and_the_preview_at_a_wish(page):
    beside = page.frame_locator(".beside iframe")
    expect(beside.locator("article[lang=en] h1")).to_have_text("The bridge")
    page.get_by_label("Title").fill("Die Brücke")
    expect(beside.locator("article[lang=en] h1")).to_have_text("The bridge")
    page.get_by_role("radio", name="Preview").check()
    expect(beside.locator("article[lang=de] h1")).to_have_text("Die Brücke")
    page.get_by_role("radio", name="Source").check()
    expect(beside.locator("article[lang=en] h1")).to_have_text("The bridge")
    assert page.complaints == []
    results = Axe().run(page, context={"include": [".beside__bar"]})
    assert results.violations_count == 0, results.generate_report()
    page.get_by_role("button", name="Close").click()
    page.reload()
    expect(page.get_by_role("button", name="Source beside")).to_be_visible()
    expect(page.locator(".beside")).to_be_hidden()
