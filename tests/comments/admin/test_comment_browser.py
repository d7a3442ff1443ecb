"""The moderators' screens in a browser."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from comments.models import Comment
from tests.comments.admin.desk import form_of
from tests.factories import make_comment, make_shown_comment, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIST = "/admin/comments/comment/"
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@pytest.fixture
def sign_in(open_page):
    """A page of a signed-in moderator, in a browser with these options."""

    def open_as_moderator(**options):
        user = make_user(role="Moderators", password=None)
        page = open_page(user=user, **options)
        page.on("dialog", lambda dialog: page.complaints.append(dialog.message))
        return page

    return open_as_moderator


@pytest.mark.parametrize(
    ("viewport", "scheme"),
    [(PHONE, "light"), (DESKTOP, "dark")],
    ids=["phone-light", "desktop-dark"],
)
def test_the_screens_are_for_everyone_and_run_nothing_that_people_wrote(
    sign_in, scheme, viewport
):
    attack = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    root = make_shown_comment(name="\u202eetaR", body="W" * 900)
    comment = make_comment(parent=root, name=attack[:80], body=attack, email="a@b.org")
    make_comment(name="Z" + "\u0335\u0321\u031b" * 20, body="H\u0335\u0321" * 400)
    page = sign_in(color_scheme=scheme, viewport=viewport)
    for address in [
        LIST,
        f"{LIST}?status=all&q=w",
        form_of(comment),
        form_of(root),
        "/admin/comments/decision/",
    ]:
        page.goto(address)
        expect(page.locator("#content")).to_be_visible()
        violations = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in violations] == []
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= viewport["width"]
    assert page.complaints == []


def test_moderators_decide_without_javascript(sign_in):
    first, second, third = make_comment(), make_comment(), make_comment()
    page = sign_in(viewport=PHONE, java_script_enabled=False)
    page.goto(LIST)
    row = page.get_by_role("row").filter(has_text=first.body)
    row.get_by_role("checkbox").check()
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".messagelist")).to_contain_text("Now approved.")
    page.get_by_role("row").filter(has_text=second.body).get_by_role(
        "link"
    ).first.click()
    page.get_by_label("Note").fill("Third time.")
    page.get_by_role("button", name="Reject").click()
    expect(page.locator("#content")).to_contain_text("Choose a reason, then reject.")
    expect(page.get_by_label("Note")).to_have_value("Third time.")
    page.get_by_label("Reason to reject").select_option("Abuse")
    page.get_by_role("button", name="Reject").click()
    expect(page).to_have_url(re.compile(form_of(third)))
    page.get_by_label("Staff reply").fill("Thank you.")
    page.get_by_role("button", name="Approve and reply").click()
    expect(page.locator(".messagelist")).to_contain_text("Your reply is published.")
    statuses = Comment.objects.order_by("id").values_list("status", flat=True)
    assert list(statuses) == ["approved", "rejected", "approved", "approved"]
    assert second.decisions.get().note == "Third time."


def test_a_rejection_without_a_reason_stays_on_the_page(sign_in):
    comment = make_comment()
    page = sign_in()
    page.goto(LIST)
    page.get_by_role("checkbox", name=comment.body).check()
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_role("checkbox", name=comment.body)).to_be_checked()
    expect(page.get_by_label("Reason to reject")).to_be_focused()
    page.get_by_label("Reason to reject").select_option("Off topic")
    page.get_by_role("button", name="Reject").click()
    expect(page.locator(".messagelist")).to_contain_text("Now rejected.")
    assert page.complaints == []


def test_enter_on_a_marked_row_decides_nothing(sign_in):
    comment = make_comment()
    page = sign_in()
    page.goto(LIST)
    box = page.get_by_role("checkbox", name=comment.body)
    box.check()
    box.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("No action selected.")
    comment.refresh_from_db()
    assert comment.status == Comment.Status.PENDING


def test_the_decisions_stay_in_reach_down_the_list(sign_in):
    for _ in range(30):
        make_comment(body="A remark of some length. " * 12)
    page = sign_in(viewport=DESKTOP)
    page.goto(LIST)
    page.get_by_role("row").last.scroll_into_view_if_needed()
    expect(page.get_by_role("button", name="Approve")).to_be_in_viewport()
