"""The keyboard shortcuts of the desk in a browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from articles.models import Article
from tests.articles.admin.desk import ADD, LIST, form_of, wait_until_saved
from tests.factories import make_article, make_user

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(transactional_db, open_page):
    return open_page(user=make_user(role="Editors"))


def test_two_keys_lead_to_the_articles_and_one_begins_a_new_one(desk):
    desk.goto(reverse("admin:index"))
    desk.keyboard.press("g")
    desk.keyboard.press("a")
    desk.wait_for_url(f"**{LIST}")
    desk.keyboard.press("n")
    desk.wait_for_url(f"**{ADD}")


def test_a_list_is_walked_and_a_row_is_opened_by_keys(desk):
    make_article(title="Older")
    newest = make_article(title="Newest")
    desk.goto(LIST)
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    desk.keyboard.press("k")
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**{form_of(newest)}*")


def test_the_list_of_keys_opens_over_the_page_and_closes_again(desk):
    desk.goto(LIST)
    desk.keyboard.press("?")
    dialog = desk.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog.get_by_text("Go to the calendar")).to_be_visible()
    results = Axe().run(desk)
    assert results.violations_count == 0, results.generate_report()
    desk.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_who_types_is_left_alone_and_saves_without_a_mouse(desk):
    article = make_article(title="Harbour")
    desk.goto(form_of(article))
    desk.get_by_label("Title").fill("")
    desk.get_by_label("Title").press_sequentially("n? ga /jk")
    assert desk.get_by_label("Title").input_value() == "n? ga /jk"
    desk.keyboard.press("Control+s")
    wait_until_saved(desk)
    assert Article.objects.get().title == "n? ga /jk"


def test_the_keys_can_be_switched_off(desk):
    desk.goto(reverse("desk_shortcuts"))
    desk.get_by_label("Use single-key shortcuts in this browser").uncheck()
    desk.goto(LIST)
    desk.keyboard.press("n")
    desk.keyboard.press("?")
    desk.wait_for_timeout(300)
    assert desk.url.endswith(LIST)
    expect(desk.get_by_role("dialog")).to_have_count(0)


def test_without_a_script_the_page_lists_the_keys(transactional_db, open_page):
    page = open_page(user=make_user(role="Editors"), java_script_enabled=False)
    page.goto(LIST)
    page.get_by_role("link", name="Keyboard shortcuts").click()
    expect(page.get_by_text("Show keyboard shortcuts")).to_be_visible()
