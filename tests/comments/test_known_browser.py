"""Recognising a reader by their browser, in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from comments.models import Comment, Commenter
from comments.security.tokens import private_address
from tests.comments.views.sending import address_of_thread
from tests.factories import (
    DAY,
    make_comment,
    make_commenter,
    make_user,
    make_visible_article,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

KNOWN_BY = "localStorage.getItem('known-by')"


def post(page, article, body):
    page.goto(address_of_thread(article))
    page.get_by_label("Name").fill("Inés")
    page.get_by_label("Comment", exact=True).fill(body)
    page.get_by_role("button", name="Post comment").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("is waiting")
    # The heading appears before the scripts that remember the comment have run.
    page.wait_for_load_state("load")
    return Comment.objects.latest("id")


def test_who_posts_twice_from_one_browser_is_known_and_who_uses_another_is_not(
    open_page,
):
    article = make_visible_article()
    page = open_page()
    post(page, article, "One.")
    assert not Commenter.objects.exists()
    second = post(page, article, "Two.")
    assert [c.commenter for c in Comment.objects.all()] == [second.commenter] * 2
    assert second.commenter is not None
    assert page.context.cookies() == []
    elsewhere = post(open_page(), article, "Three.")
    assert elsewhere.commenter is None
    without = post(open_page(java_script_enabled=False), article, "Four.")
    assert without.commenter is None
    assert page.complaints == []


def test_a_browser_forgets_what_it_is_known_by(open_page):
    comment, page = make_comment(), open_page()
    page.goto(private_address(comment))
    assert page.evaluate(KNOWN_BY).startswith(f"{comment.pk}.")
    page.get_by_role("button", name="Forget the comments").click()
    assert page.evaluate(KNOWN_BY) is None
    page.reload()
    assert page.evaluate(KNOWN_BY)
    comment.erase()
    page.reload()
    assert page.evaluate(KNOWN_BY) is None


def test_what_somebody_put_into_the_storage_is_not_sent(open_page):
    article, page = make_visible_article(), open_page()
    page.goto(address_of_thread(article))
    page.evaluate("localStorage.setItem('known-by', '<b>\\n')")
    post(page, article, "One.")
    assert not Commenter.objects.exists()
    assert page.complaints == []


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1440, "light")])
def test_the_pages_about_people_are_for_everyone(open_page, scheme, width):
    user = make_user(role="Moderators", password=None)
    commenter = make_commenter(address=f"{'w' * 60}@{'example.' * 8}org")
    comment = make_comment(
        name="\u202eetaR", body="W" * 400, commenter=commenter, network="n" * 64
    )
    commenter.notes.create(text="N" * 300, by=user, by_name="هدى")
    until = comment.created_at + DAY
    commenter.mute(until=until, reason="R" * 300, by=user)
    page = open_page(
        user=user, color_scheme=scheme, viewport={"width": width, "height": 800}
    )
    person = f"/admin/comments/commenter/{commenter.pk}/change/"
    for address in [
        "/admin/comments/commenter/",
        person,
        "/admin/comments/commenter/mutes/",
        f"/admin/comments/commenter/mute/?comment={comment.pk}",
        f"/admin/comments/comment/{comment.pk}/change/",
    ]:
        page.goto(address)
        expect(page.locator("#content")).to_be_visible()
        violations = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in violations] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    assert page.complaints == []


def test_a_moderator_mutes_and_ends_it_without_javascript(open_page):
    user = make_user(role="Moderators", password=None)
    comment = make_comment(commenter=make_commenter())
    page = open_page(user=user, java_script_enabled=False)
    page.goto(f"/admin/comments/comment/{comment.pk}/change/")
    page.get_by_role("link", name="Mute…").click()
    page.get_by_label("Reason").fill("Abuse")
    page.get_by_role("button", name="Mute", exact=True).click()
    expect(page.get_by_text("The person is muted until")).to_be_visible()
    page.get_by_role("link", name="known by: their browser").click()
    page.get_by_role("button", name="End this mute").click()
    expect(page.get_by_text("The mute is ended")).to_be_visible()
