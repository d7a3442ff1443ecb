"""The preview beside the form, in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from articles.models import Article
from tests.articles.admin.desk import form_of, place_caret
from tests.factories import make_article, make_user

pytestmark = pytest.mark.browser

WIDE = {"viewport": {"width": 1440, "height": 900}}


@pytest.fixture
def open_form(transactional_db, open_page):
    def open_with(**wishes):
        page = open_page(user=make_user(role="Editors"), **wishes)
        page.goto(form_of(make_article(title="Harbour", body="<p>Begun.</p>")))
        page.get_by_role("textbox", name="Body").wait_for()
        return page

    return open_with


def frame_of(page):
    return page.frame_locator("iframe[title='The article as readers would see it']")


def test_the_preview_follows_what_is_typed_and_saves_nothing(open_form):
    page = open_form(**WIDE)
    page.get_by_role("button", name="Preview beside").click()
    expect(frame_of(page).get_by_role("heading", name="Harbour")).to_be_visible()
    page.get_by_label("Title").fill("Harbour reopens")
    expect(
        frame_of(page).get_by_role("heading", name="Harbour reopens")
    ).to_be_visible()
    place_caret(page, "Control+End")
    page.keyboard.type(" And more.")
    expect(frame_of(page).get_by_text("Begun. And more.")).to_be_visible()
    assert Article.objects.get().title == "Harbour"
    assert page.complaints == []


def test_it_shows_a_phone_and_a_wide_screen_and_stays_open_for_the_next_time(open_form):
    page = open_form(**WIDE)
    page.get_by_role("button", name="Preview beside").click()
    frame = page.locator(".beside iframe")
    expect(frame_of(page).get_by_role("heading", name="Harbour")).to_be_visible()
    assert frame.evaluate("frame => frame.contentWindow.innerWidth") == 390
    page.get_by_label("Desktop").check()
    assert frame.evaluate("frame => frame.contentWindow.innerWidth") == 1280
    page.reload()
    expect(page.locator(".beside")).to_be_visible()
    results = Axe().run(page, context={"include": [".beside__bar"]})
    assert results.violations_count == 0, results.generate_report()
    page.get_by_role("button", name="Close").click()
    expect(page.locator(".beside")).to_be_hidden()
    expect(page.get_by_role("button", name="Preview beside")).to_be_focused()


def test_on_a_phone_it_stands_before_the_form_and_closes_by_key(open_form):
    page = open_form(viewport={"width": 390, "height": 800})
    page.get_by_role("button", name="Preview beside").press("Enter")
    expect(frame_of(page).get_by_role("heading", name="Harbour")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_label("Phone").press("Escape")
    expect(page.locator(".beside")).to_be_hidden()
