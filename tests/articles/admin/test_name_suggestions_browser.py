"""Typing a byline and tags with suggestions."""

import pytest

from articles.models import Article
from tests.articles.admin.desk import ADD
from tests.factories import make_article, make_person, make_user

pytestmark = pytest.mark.browser


@pytest.fixture
def page(transactional_db, open_page):
    user = make_user(role="Editors")
    make_article(tags=["Harbour", "Harvest"], byline=[make_person(name="Clara Hollis")])
    page = open_page(user=user)
    page.goto(ADD)
    return page


def test_a_known_name_is_taken_by_keys_and_its_role_stays(page):
    byline = page.get_by_role("combobox", name="Byline")
    byline.click()
    page.keyboard.type("Ana Ruiz, Clar (photographs)")
    byline.evaluate("input => input.setSelectionRange(14, 14)")
    page.keyboard.type("a")
    option = page.get_by_role("option", name="Clara Hollis")
    option.wait_for()
    assert "1 article" in option.inner_text()
    assert byline.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    assert byline.get_attribute("aria-activedescendant") == option.get_attribute("id")
    page.keyboard.press("Enter")
    assert byline.input_value() == "Ana Ruiz, Clara Hollis (photographs)"
    assert byline.get_attribute("aria-expanded") == "false"
    assert page.complaints == []


def test_escape_closes_and_tab_takes(page):
    tags = page.get_by_role("combobox", name="Tags")
    tags.click()
    page.keyboard.type("harv")
    page.get_by_role("option", name="Harvest").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("option").first.wait_for(state="detached")
    assert tags.input_value() == "harv"
    page.keyboard.press("ArrowDown")
    page.get_by_role("option", name="Harvest").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    assert tags.input_value() == "Harvest"


def test_a_new_name_is_confirmed_while_typing(page):
    page.get_by_label("Title", exact=False).first.fill("Kept")
    page.get_by_role("combobox", name="Tags").click()
    page.keyboard.type("Harbour, Lighthouse")
    page.get_by_role("option", name="Create “Lighthouse”").click()
    assert page.get_by_role("checkbox", name="Create “Lighthouse”").is_checked()
    with page.expect_navigation():
        page.get_by_role("button", name="Save", exact=True).click()
    article = Article.objects.get(title="Kept")
    assert [tag.name for tag in article.tags.all()] == ["Harbour", "Lighthouse"]


def test_a_near_miss_is_put_right_with_one_press(page):
    page.get_by_label("Title", exact=False).first.fill("Kept")
    page.get_by_role("combobox", name="Byline").fill("Clara Holis (editing)")
    with page.expect_navigation():
        page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Did you mean “Clara Hollis”?").wait_for()
    page.get_by_role("button", name="Use “Clara Hollis”").click()
    byline = page.get_by_role("combobox", name="Byline")
    assert byline.input_value() == "Clara Hollis (editing)"
    with page.expect_navigation():
        page.get_by_role("button", name="Save", exact=True).click()
    [credit] = Article.objects.get(title="Kept").credits.all()
    assert (credit.person.name, credit.role) == ("Clara Hollis", "editing")
    assert page.complaints == []
