"""Word lists and rules in a browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from comments.models import RuleSetting, Term
from tests.factories import make_comment, make_user, make_visible_article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIST, ADD = "/admin/comments/term/", "/admin/comments/term/add/"
RULES, LINKS = (
    "/admin/comments/rulesetting/",
    "/admin/comments/rulesetting/links/change/",
)
NARROW = {"width": 320, "height": 700}
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
ATTACK = "<img src=x onerror=alert(1)>"


@pytest.fixture
def open_desk(open_page):
    """Opens a page as a moderator, who has decided on some comments."""

    def open_as_moderator(**options):
        user = make_user(role="Moderators", password=None)
        article = make_visible_article(title=f"{ATTACK} {'W' * 200}")
        bodies = [
            f"https://{'a' * 300}.example https://b.example {ATTACK}",
            "W" * 900 + " casino",
            "Thanks.",
        ]
        for body in bodies:
            comment = make_comment(
                article=article, name="\u202eetaR" + ATTACK, body=body
            )
            comment.approve(by=user)
        Term.objects.put_on_the_list(["W" * 100], kind="banned", by_name=ATTACK)
        page = open_page(user=user, **options)
        page.on("dialog", lambda dialog: page.complaints.append(dialog.message))
        return page

    return open_as_moderator


@pytest.mark.parametrize(
    ("viewport", "scheme"),
    [(NARROW, "dark"), (DESKTOP, "light")],
    ids=["narrow-dark", "desktop-light"],
)
def test_the_screens_are_for_everyone_and_run_nothing_that_people_wrote(
    open_desk, scheme, viewport
):
    page = open_desk(color_scheme=scheme, viewport=viewport)

    def look():
        violations = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in violations] == []
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= viewport["width"], page.url

    for address in [LIST, ADD, RULES, LINKS, f"{LIST}{Term.objects.get().pk}/change/"]:
        page.goto(address)
        look()
    page.goto(ADD)
    page.get_by_label("Words").fill("casino\n<i>bonus</i>")
    page.get_by_label("Suspect").check()
    page.get_by_role("button", name="Show the effect").click()
    expect(page.get_by_role("heading", name="Effect on past comments")).to_be_visible()
    look()
    page.get_by_label("Words").fill("casino\n!")
    page.get_by_role("button", name="Show the effect").click()
    expect(page.get_by_text("Line 2")).to_be_visible()
    look()
    page.goto(LINKS)
    page.get_by_label("Limit").fill("0")
    page.get_by_role("button", name="Show the effect").click()
    expect(page.get_by_role("heading", name="Effect on past comments")).to_be_visible()
    look()
    # The browser reports the expected 422 for the refused line.
    assert [one for one in page.complaints if "422" not in one] == []


def test_a_word_is_added_and_a_rule_is_set_without_javascript(open_desk):
    page = open_desk(viewport=PHONE, java_script_enabled=False)
    page.goto("/admin/comments/comment/")
    page.get_by_role("link", name="Word lists").click()
    page.get_by_role("link", name="Add words").first.click()
    page.get_by_label("Words").fill("casino")
    page.get_by_label("Banned").check()
    page.get_by_role("button", name="Show the effect").click()
    expect(page.get_by_text("It would have marked 1 of the last 3")).to_be_visible()
    page.get_by_role("button", name="Add the word").click()
    expect(page.locator(".messagelist")).to_contain_text(
        "This word is banned from now on: “casino”"
    )
    page.get_by_role("link", name="Rules").first.click()
    page.get_by_role("link", name="Links", exact=True).click()
    page.get_by_label("Limit").fill("4")
    page.keyboard.press("Enter")
    expect(page.get_by_text("It would have held none of the last 3")).to_be_visible()
    page.get_by_role("button", name="Save these settings").click()
    expect(page.locator(".messagelist")).to_contain_text("Links: limit 4")
    assert RuleSetting.objects.get().limit == 4
