"""The moderators' job in a browser: one comment from the queue to its place on the page."""

import re

import pytest
from playwright.sync_api import expect

from comments.models import Comment, Term
from tests.factories import make_user, make_visible_article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

QUEUE = "/admin/comments/queue/"
PHONE = {"width": 390, "height": 844}
BETTER = "The links are the minutes of the council."
WORDS = (
    "The casino paid for the bridge: "
    "http://minutes.example and http://ledger.example say so."
)


@pytest.fixture
def article():
    return make_visible_article()


@pytest.fixture
def reader(open_page):
    return open_page(viewport=PHONE)


@pytest.fixture
def moderator(open_page):
    return open_page(user=make_user(role="Moderators", first_name="Ana"))


def test_a_comment_is_held_rejected_appealed_approved_and_the_approval_undone(
    article, reader, moderator
):
    Term.objects.put_on_the_list(["Casino"], kind=Term.Kind.SUSPECT, by_name="Ana")
    private_page = post(reader, article)
    comment = Comment.objects.get()

    # The queue says why the comment waits, and shows its context.
    card = the_card(moderator, comment)
    why = card.locator(".card__why")
    expect(why).to_contain_text("Held for a moderator.")
    expect(why).to_contain_text("2 links (limit: 1)")
    expect(why).to_contain_text("casino")
    marked = card.locator(".card__words mark")
    expect(marked).to_have_text(
        ["casino", "http://minutes.example", "http://ledger.example"]
    )

    # Three keys reject it, with the sixth reason.
    for key in "jr6":
        moderator.keyboard.press(key)
    expect(folded(moderator, comment)).to_contain_text("Rejected:")
    reader.goto(private_page)
    is_told(reader, "Your comment was not published")
    expect(reader.get_by_text("gave this reason: advertising.")).to_be_visible()

    # Its author appeals, and the appeal is in a list of its own.
    reader.get_by_label("Your message to the moderators").fill(BETTER)
    press(reader, "Send to the moderators")
    expect(reader.get_by_text("You asked the moderators")).to_be_visible()
    card = the_card(moderator, comment, pile="Appealed")
    expect(card).to_contain_text(BETTER)
    expect(card).to_contain_text("Ana: rejected this comment (advertising)")
    for key in "ja":
        moderator.keyboard.press(key)
    expect(folded(moderator, comment)).to_contain_text("Approved:")
    assert is_on_the_page(reader, article)

    # One more key undoes the approval: the appeal is open again.
    moderator.keyboard.press("u")
    expect(moderator.locator(f".card#comment-{comment.pk}")).to_contain_text("Rejected")
    assert not is_on_the_page(reader, article)
    expect(the_card(moderator, comment, pile="Appealed")).to_contain_text(BETTER)
    reader.goto(private_page)
    is_told(reader, "Your comment was not published")
    assert moderator.complaints == reader.complaints == []


def post(page, article):
    page.goto(article.get_absolute_url())
    page.get_by_label("Name").fill("Inés")
    page.get_by_role("textbox", name=re.compile("^Comment")).fill(WORDS)
    press(page, "Post comment")
    is_told(page, "Your comment is waiting for a moderator")
    return page.url


def the_card(page, comment, *, pile="Waiting"):
    page.goto(QUEUE)
    page.get_by_role("link", name=re.compile(f"^{pile}")).click()
    card = page.locator(f".card#comment-{comment.pk}")
    expect(card).to_be_visible()
    return card


def folded(page, comment):
    return page.locator(f".folded#comment-{comment.pk}")


def is_on_the_page(page, article):
    page.goto(article.get_absolute_url())
    return page.locator(".comment").filter(has_text="The casino paid").count() == 1


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def is_told(page, heading):
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
