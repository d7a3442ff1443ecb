"""A comment's private page in a real browser, and what the browser remembers."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from comments.models import Comment, Mailbox
from comments.security.tokens import data_address, private_address
from tests.comments.views.sending import address_of_thread
from tests.factories import (
    make_comment,
    make_shown_comment,
    make_user,
    make_visible_article,
    proven,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SMALL, PHONE = {"width": 320, "height": 640}, {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
KEPT = "JSON.parse(localStorage.getItem('own-comments') ?? '[]')"


def test_an_author_changes_and_withdraws_without_javascript(open_page):
    comment = make_shown_comment(body="What I wrote.")
    page = open_page(java_script_enabled=False, viewport=PHONE)
    page.goto(private_address(comment))
    page.get_by_text("Edit your comment").click()
    words = page.get_by_label("Your comment")
    expect(words).to_have_value("What I wrote.")
    expect(page.get_by_text("a moderator reads it again")).to_be_visible()
    words.fill("")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_role("alert")).to_contain_text("Write your comment.")
    page.get_by_label("Your comment").fill("What I meant.")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Preview of your change")
    expect(page.locator(".comment__body")).to_have_text("What I meant.")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("is waiting")
    expect(page.locator(".comment__body")).to_have_text("What I meant.")
    page.get_by_role("button", name="Withdraw this comment").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("withdrawn")
    expect(page.get_by_role("button")).to_have_count(0)
    assert Comment.objects.get().is_withdrawn


def test_an_author_asks_the_moderators_without_javascript(open_page):
    comment = make_comment()
    comment.reject(by=make_user(), reason="off_topic")
    page = open_page(java_script_enabled=False, viewport=PHONE)
    page.goto(private_address(comment))
    page.get_by_label("Your message").fill("It is about the bridge.")
    page.get_by_role("button", name="Send to the moderators").click()
    expect(page.get_by_text("You asked the moderators")).to_be_visible()
    assert comment.appeal.message == "It is about the bridge."


def test_everything_is_erased_without_javascript(open_page):
    comment = proven(make_comment(email="ines@example.org"))
    page = open_page(java_script_enabled=False, viewport=PHONE)
    page.goto(data_address(Mailbox.objects.of("ines@example.org")))
    with page.expect_download() as download:
        page.get_by_role("button", name="Download everything").click()
    downloaded = json.loads(download.value.path().read_text())
    assert downloaded["comments"][0]["text"] == comment.body
    page.get_by_role("button", name="Erase everything").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing is erased yet.")
    page.get_by_label("Yes, erase everything").check()
    page.get_by_role("button", name="Erase everything").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Everything is erased")
    comment.refresh_from_db()
    assert comment.is_erased


def test_the_article_page_shows_its_author_what_waits_and_nobody_else(open_page):
    # The browser knows the article by its address, in whatever script.
    article = make_visible_article(title="Мост през реката")
    shown = make_shown_comment(article=article, body="On the page.")
    waiting = make_comment(article=article, name="Inés", body="<b>Not</b> yet.")
    author, stranger = open_page(), open_page()
    for comment in [shown, waiting]:
        author.goto(private_address(comment))
    for address in [article.get_absolute_url(), address_of_thread(article)]:
        author.goto(address)
        own = author.locator(".comment--own")
        expect(own).to_contain_text("Waiting for a moderator. Only you can see this")
        expect(own).to_contain_text("<b>Not</b> yet.")
        link = own.get_by_role("link", name="Open its private page")
        expect(link).to_have_attribute("href", private_address(waiting))
        yours = author.locator(f"#comment-{shown.pk}").get_by_role("link", name="Yours")
        expect(yours).to_have_attribute("href", private_address(shown))
        assert Axe().run(author).response["violations"] == []
        stranger.goto(address)
        expect(stranger.get_by_text("On the page.")).to_be_visible()
        expect(stranger.locator(".comment--own, .comment__own")).to_have_count(0)
    assert author.complaints == []


def test_with_nothing_remembered_nothing_is_asked_for(open_page):
    article = make_visible_article()
    make_shown_comment(article=article)
    page = open_page()
    asked = []
    page.on("request", lambda request: asked.append(request.resource_type))
    page.goto(article.get_absolute_url())
    page.wait_for_load_state("networkidle")
    assert "script" in asked
    assert {"fetch", "xhr"}.isdisjoint(asked)


def test_five_of_many_are_asked_for_and_none_of_another_article(open_page):
    article = make_visible_article()
    page = open_page()
    for comment in [make_comment(), *(make_comment(article=article) for _ in range(7))]:
        page.goto(private_address(comment))
    asked = []
    page.on(
        "request",
        lambda request: request.resource_type == "fetch" and asked.append(request.url),
    )
    page.goto(article.get_absolute_url())
    expect(page.locator(".comment--own")).to_have_count(5)
    assert len(asked) == 5


def test_what_was_withdrawn_or_erased_is_remembered_no_more(open_page):
    article = make_visible_article()
    first, second = make_comment(article=article), make_comment(article=article)
    page = open_page()
    for comment in [first, second]:
        page.goto(private_address(comment))
    assert [kept["id"] for kept in page.evaluate(KEPT)] == [first.pk, second.pk]
    page.get_by_role("button", name="Withdraw this comment").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("withdrawn")
    assert [kept["id"] for kept in page.evaluate(KEPT)] == [first.pk]
    # So this also holds for the page of the comment that is forgotten.
    memory = page.locator(".own-memory")
    expect(memory).to_contain_text("This browser remembers your comments")
    first.erase()
    with page.expect_response(re.compile("/comments/mine/")):
        page.goto(article.get_absolute_url())
    page.wait_for_function(f"{KEPT}.length === 0")


def test_a_browser_forgets_what_it_is_told_to_forget(open_page):
    comment = make_comment()
    page = open_page()
    page.goto(private_address(comment))
    page.get_by_role("button", name="Forget the comments in").click()
    expect(page.get_by_role("status")).to_contain_text("Done.")
    assert page.evaluate(KEPT) == []
    page.goto(comment.article.get_absolute_url())
    expect(page.locator(".comment--own")).to_have_count(0)


def test_no_more_than_fifty_are_remembered_and_the_oldest_goes_first(open_page):
    comment = make_comment()
    page = open_page()
    page.goto("/about/")
    page.evaluate(
        """localStorage.setItem("own-comments", JSON.stringify(
            Array.from({length: 50}, (_, id) => (
                {id, article: "/articles/a/", address: `/comments/mine/${id}:x/`}))))"""
    )
    page.goto(private_address(comment))
    kept = page.evaluate(KEPT)
    assert [kept[0]["id"], kept[-1]["id"], len(kept)] == [1, comment.pk, 50]


NO_PRIVATE_PAGES = [
    "https://elsewhere.example/comments/mine/1:x/",
    "//elsewhere.example/comments/mine/1:x/",
    "/comments/mine/../../admin/logout/",
    "/comments/mine/../",
    "/admin/",
    "javascript:alert(1)",
]


def test_nothing_but_private_pages_is_fetched_or_linked(open_page):
    comment = make_shown_comment()
    page = open_page()
    page.goto("/about/")
    article = comment.article.get_absolute_url()
    asked = []
    page.on(
        "request",
        lambda request: request.resource_type == "fetch" and asked.append(request.url),
    )
    for address in NO_PRIVATE_PAGES:
        kept = [
            {"id": number, "article": article, "address": address}
            for number in [comment.pk, comment.pk + 1]
        ]
        page.evaluate(
            "kept => localStorage.setItem('own-comments', kept)", json.dumps(kept)
        )
        page.goto(article)
        page.wait_for_load_state("networkidle")
        assert asked == [], address
        expect(page.locator(".comment__own")).to_have_count(0)
        assert page.complaints == [], address


def test_what_cannot_be_read_is_nothing(open_page):
    comment = make_comment()
    page = open_page()
    page.goto("/about/")
    for kept in ["{", "null", "7", '[null, 1, {"id": "x"}, []]']:
        page.evaluate("kept => localStorage.setItem('own-comments', kept)", kept)
        page.goto(comment.article.get_absolute_url())
        page.goto(private_address(comment))
        assert [one["id"] for one in page.evaluate(KEPT)] == [comment.pk], kept
    assert page.complaints == []


def test_a_browser_that_keeps_nothing_breaks_nothing(open_page):
    comment = make_comment()
    page = open_page()
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('no') }})"
    )
    page.goto(private_address(comment))
    expect(page.locator(".own-memory")).to_be_hidden()
    page.goto(comment.article.get_absolute_url())
    expect(page.get_by_role("heading", name="Post a Comment")).to_be_visible()
    assert page.complaints == []


@pytest.mark.parametrize(
    ("viewport", "scheme"),
    [(SMALL, "light"), (DESK, "dark")],
    ids=["small-light", "desk-dark"],
)
def test_the_pages_are_for_everyone(open_page, viewport, scheme):
    word = "Donaudampfschifffahrtselektrizitäten" * 3
    waiting = make_comment(name=word[:80], body=word, email=f"{'a' * 60}@example.org")
    notified = make_comment(email=f"a@{'b' * 60}.example.org", notify=True)
    refused = make_comment()
    refused.reject(by=make_user(), reason="abuse")
    gone = make_comment()
    gone.erase()
    page = open_page(viewport=viewport, color_scheme=scheme)
    for address in [
        *map(private_address, [waiting, notified, refused]),
        "/comments/data/",
        data_address(Mailbox.objects.of(waiting.email)),
    ]:
        page.goto(address)
        for details in page.locator("summary").all():
            details.click()
        violations = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in violations] == []
        assert (
            page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        )
    assert page.complaints == []
    for address in [private_address(gone), "/comments/data/nothing/"]:
        page.goto(address)
        assert Axe().run(page).response["violations"] == []
