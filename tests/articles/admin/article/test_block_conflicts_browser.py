"""Choosing between two versions of a paragraph, with and without scripts."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.articles.admin.article.form_page import client_of
from tests.articles.admin.desk import form_of, place_caret, typed, wait_until_saved
from tests.factories import make_article, make_user

pytestmark = pytest.mark.browser

BASE = "<p>One.</p><p>Two.</p><p>Three.</p>"


@pytest.fixture
def article(transactional_db):
    return make_article(body=BASE)


def theirs_is_saved(article, body):
    bo = client_of(make_user(role="Editors", first_name="Bo"))
    bo.post(form_of(article), typed(article, body=body))


def choose(page, number, label):
    group = page.get_by_role("group", name=f"Body, paragraph {number}")
    group.get_by_label(label).check()


@pytest.mark.parametrize("width", [320, 1440])
def test_the_other_version_of_a_paragraph_comes_into_the_editor(
    article, open_page, width
):
    page = open_page(
        user=make_user(role="Editors"), viewport={"width": width, "height": 900}
    )
    page.goto(form_of(article))
    editor = page.get_by_role("textbox", name="Body", exact=True)
    place_caret(page, "End", at=editor.get_by_text("Two."))
    page.keyboard.type(" Mine.")
    theirs_is_saved(article, BASE.replace("Two.", "Two, theirs.").replace("One", "1"))
    page.keyboard.press("Control+s")
    page.get_by_text("1 paragraph was changed by both").wait_for()
    assert editor.inner_text().split() == ["1.", "Two.", "Mine.", "Three."]
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    choose(page, 1, "The other version")
    expect(editor).to_contain_text("Two, theirs.")
    choose(page, 1, "Your version, as in the form")
    expect(editor).to_contain_text("Two. Mine.")
    choose(page, 1, "The other version")
    page.get_by_role("button", name="Save", exact=True).click()
    wait_until_saved(page)
    article.refresh_from_db()
    assert article.body == "<p>1.</p><p>Two, theirs.</p><p>Three.</p>"
    expect(page.locator(".conflicts")).to_have_count(0)
    assert page.complaints == []


def test_without_javascript_each_paragraph_is_chosen(article, open_page):
    page = open_page(user=make_user(role="Editors"), java_script_enabled=False)
    page.goto(form_of(article))
    body = page.locator("textarea[name=body]")
    body.fill(BASE.replace("Two.", "Two, mine.").replace("Three.", "Three, mine."))
    theirs_is_saved(
        article, BASE.replace("Two.", "Two, theirs.").replace("Three.", "Three!")
    )
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("2 paragraphs were changed by both").wait_for()
    choose(page, 1, "The other version")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("was changed successfully").wait_for()
    article.refresh_from_db()
    assert article.body == "<p>One.</p><p>Two, theirs.</p><p>Three, mine.</p>"
