"""The frame of the desk in a browser: sidebar, menu on a phone, jump box, colours, accessibility."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Group
from django.urls import reverse
from playwright.sync_api import expect

from articles.models import Article
from tests.articles.admin.desk import LIST, form_of
from tests.factories import (
    make_article,
    make_comment,
    make_image,
    make_person,
    make_request,
    make_user,
    make_visible_article,
)

pytestmark = pytest.mark.browser

INDEX = reverse("admin:index")
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def chief(transactional_db):
    return make_user(is_superuser=True, is_staff=True, first_name="Ana")


def violations(page):
    return [
        (rule["id"], [node["html"] for node in rule["nodes"]])
        for rule in Axe().run(page).response["violations"]
    ]


@pytest.mark.parametrize(
    ("viewport", "scheme"),
    [(PHONE, "light"), ({"width": 1440, "height": 900}, "dark")],
    ids=["phone-light", "desk-dark"],
)
def test_axe_finds_nothing_on_the_pages_of_the_desk(chief, open_page, viewport, scheme):
    page = open_page(user=chief, viewport=viewport, color_scheme=scheme)
    make_article(status=Article.Status.IN_REVIEW)
    make_comment()
    make_request()
    make_image()
    person = make_person()
    group = Group.objects.get(name="Editors")
    found = {}
    for address in [
        INDEX,
        reverse("desk_jump") + "?q=a",
        reverse("desk_health"),
        reverse("desk_calendar"),
        reverse("admin:auth_user_changelist"),
        reverse("admin:auth_user_change", args=[chief.pk]),
        reverse("admin:auth_user_history", args=[chief.pk]),
        reverse("admin:auth_user_password_change", args=[chief.pk]),
        reverse("admin:auth_group_change", args=[group.pk]),
        reverse("admin:articles_person_delete", args=[person.pk]),
        reverse("admin:articles_image_changelist"),
        reverse("admin:flatpages_flatpage_changelist"),
        reverse("admin:password_change"),
        reverse("admin:app_list", args=["articles"]),
    ]:
        page.goto(address)
        if wrong := violations(page):
            found[address] = wrong
        if page.evaluate("document.documentElement.scrollWidth") > viewport["width"]:
            found[address] = "scrolls sideways"
    assert found == {}
    assert page.complaints == []


def test_axe_finds_nothing_on_the_form_to_sign_in(transactional_db, open_page):
    page = open_page(viewport=PHONE)
    page.goto(reverse("admin:login"))
    assert violations(page) == []


@pytest.mark.parametrize("width", [1440, 1024, 820, 390])
def test_the_columns_of_the_list_fit(chief, open_page, width):
    page = open_page(user=chief, viewport={"width": width, "height": 900})
    make_visible_article(
        title="The library where ladders must be fetched on foot",
        byline=[make_person(name="Clara Hollis"), make_person(name="Jonas Weidner")],
        tags=["River Wendle", "Neighbours", "Obituary"],
    )
    page.goto(LIST)
    expect(page.get_by_role("link", name="The library where")).to_be_visible()
    room = page.locator(".results").evaluate("e => [e.scrollWidth, e.clientWidth]")
    assert room[0] <= room[1]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_on_a_phone_a_button_opens_the_menu(chief, open_page, scripts):
    page = open_page(user=chief, viewport=PHONE, java_script_enabled=scripts)
    page.goto(INDEX)
    link = page.get_by_role("link", name="Articles", exact=True)
    expect(link).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    link.click()
    page.wait_for_url(f"**{LIST}")


def test_the_bar_for_several_articles_comes_with_a_selection(chief, open_page):
    make_article(title="Harbour")
    page = open_page(user=chief)
    page.goto(LIST)
    actions = page.locator("#changelist .actions")
    expect(actions).to_be_hidden()
    page.locator(".action-select").check()
    expect(actions).to_be_visible()
    page.locator(".action-select").uncheck()
    expect(actions).to_be_hidden()


def test_without_a_script_the_bar_is_always_there(chief, open_page):
    make_article()
    page = open_page(user=chief, java_script_enabled=False)
    page.goto(LIST)
    expect(page.locator("#changelist .actions")).to_be_visible()


def test_the_jump_box_opens_finds_and_leads_there_by_keys(chief, open_page):
    make_article(title="Harbour fees")
    wanted = make_article(title="Harbour closed")
    page = open_page(user=chief)
    page.goto(INDEX)
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Search or jump to")
    expect(box).to_be_focused()
    box.press_sequentially("harbour")
    options = page.get_by_role("option")
    expect(options).to_have_count(2)
    assert violations(page) == []
    expect(options.first).to_have_attribute("aria-selected", "true")
    box.press("ArrowDown")
    box.press("ArrowUp")
    expect(options.filter(has_text="Harbour closed")).to_have_attribute(
        "aria-selected", "true"
    )
    expect(box).to_have_attribute(
        "aria-activedescendant",
        options.filter(has_text="Harbour closed").get_attribute("id"),
    )
    box.press("Enter")
    page.wait_for_url(f"**{form_of(wanted)}")
    assert page.complaints == []


def test_escape_closes_the_jump_box_and_gives_the_focus_back(chief, open_page):
    page = open_page(user=chief)
    page.goto(LIST)
    page.locator("#searchbar").focus()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#searchbar")).to_be_focused()


def test_without_a_script_the_jump_box_is_a_page(chief, open_page):
    article = make_article(title="Harbour closed")
    page = open_page(user=chief, java_script_enabled=False)
    page.goto(INDEX)
    page.get_by_role("link", name="Search or jump to").click()
    page.get_by_role("searchbox").fill("harbour")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Harbour closed").click()
    page.wait_for_url(f"**{form_of(article)}")


def test_the_colours_follow_the_system_until_somebody_chooses(chief, open_page):
    page = open_page(user=chief, color_scheme="dark")

    def paper():
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    page.goto(INDEX)
    dark = paper()
    page.get_by_role("radio", name="Light").check()
    assert paper() != dark
    page.goto(LIST)
    assert paper() != dark
    page.get_by_role("radio", name="System").check()
    assert paper() == dark
    assert page.complaints == []
