"""A whole conversation: readers on phones, with and without JavaScript, and a moderator."""

import re
from urllib.request import urlopen

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from comments.mail.outbox import send_due
from comments.mail.reply_notifications import announce_new
from tests.comments.mail_server import MailServer
from tests.factories import make_user, make_visible_article

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    # All tests that need the port run on one worker.
    pytest.mark.xdist_group("mail"),
]

PHONE = {"width": 390, "height": 844}
ADDRESS = "ines@example.org"
QUESTION = "Who pays for the bridge?"


@pytest.fixture
def article():
    return make_visible_article()


@pytest.fixture(params=[False, True], ids=["without-javascript", "with-javascript"])
def has_javascript(request):
    return request.param


@pytest.fixture
def new_reader(open_page, has_javascript):
    """Opens a phone for a new reader; readers have no accounts."""
    return lambda: open_page(viewport=PHONE, java_script_enabled=has_javascript)


@pytest.fixture
def ines(new_reader):
    return new_reader()


@pytest.fixture
def zoe(new_reader):
    return new_reader()


@pytest.fixture
def moderator(open_page):
    """A moderator, signed in at the desk."""
    return open_page(user=make_user(role="Moderators"))


@pytest.fixture
def mails(settings, live_server):
    """The mails that a real mail server got for Inés, with links to the site under test."""
    server = MailServer()
    settings.MAILERS = server.mailers
    settings.SITE_URL = live_server.url

    def sent():
        # As a tick does within ten seconds.
        announce_new()
        assert send_due()
        return [mail for mail in server.letters if mail["To"] == ADDRESS]

    with server.running():
        yield sent


def test_a_reader_hears_of_answers_until_it_is_enough(
    article, ines, zoe, moderator, mails, has_javascript
):
    ines.goto(article.get_absolute_url())
    write(ines, "Inés", QUESTION, address=ADDRESS)
    private_page = ines.url

    # Opening the link in the mail changes nothing; its button confirms.
    [asking] = mails()
    for _ in range(2):
        ines.goto(link_in(asking, "confirm"))
        is_told(ines, "Did you write this comment?")
    press(ines, "Yes, I wrote it")
    is_told(ines, "You get reply notifications")
    decide(moderator, QUESTION, "Approve")

    # An answer is mailed when it is public, and only once.
    answer(zoe, article, "The county does.", in_place=has_javascript)
    assert len(mails()) == 1
    decide(moderator, "The county does.", "Approve")
    decide(moderator, "The county does.", "Reject", pile="Approved", reason="Abuse")
    decide(moderator, "The county does.", "Approve", pile="Rejected")
    [_, news] = mails()
    assert news.get_content_type() == "multipart/alternative"
    assert "Zoë replied to your comment" in news.get_body(["plain"]).get_content()
    assert "    The county does." in news.get_body(["plain"]).get_content()
    ines.goto(link_in(news, "", under="/comments/"))
    expect(ines.locator(".comment:target")).to_contain_text("The county does.")

    # One-click unsubscribe ends the mails, and Inés asks for them again.
    assert news["List-Unsubscribe"] == f"<{link_in(news, 'stop')}>"
    assert news["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    urlopen(link_in(news, "stop"), news["List-Unsubscribe-Post"].encode()).close()
    answer(zoe, article, "And the state.", in_place=has_javascript)
    decide(moderator, "And the state.", "Approve")
    assert len(mails()) == 2
    ines.goto(private_page)
    press(ines, "Email me when someone replies")
    answer(zoe, article, "Half of it each.", in_place=has_javascript)
    decide(moderator, "Half of it each.", "Approve")
    [_, _, news] = mails()
    assert "Half of it each." in news.get_body(["plain"]).get_content()

    # The page behind the link in the mail does the same.
    for _ in range(2):
        ines.goto(link_in(news, "stop"))
        is_told(ines, "Which emails do you want to stop?")
    press(ines, "Stop for this comment")
    is_told(ines, "No more emails about this comment")
    answer(zoe, article, "That is all.", in_place=has_javascript)
    decide(moderator, "That is all.", "Approve")
    assert len(mails()) == 3
    left_in_peace(ines, zoe)


def test_a_reader_keeps_control_of_what_was_written(article, ines, zoe, moderator):
    ines.goto(article.get_absolute_url())
    write(ines, "Inés", QUESTION)
    private_page = ines.url
    decide(moderator, QUESTION, "Approve")

    # Inés changes her comment, and a moderator reads it before others do.
    changed = "Who pays for the new bridge?"
    ines.goto(private_page)
    is_told(ines, "Your comment is published")
    ines.get_by_text("Edit your comment").click()
    ines.get_by_label("Your comment").fill(changed)
    press(ines, "Save changes")
    is_told(ines, "Your comment is waiting for a moderator")
    zoe.goto(article.get_absolute_url())
    expect(zoe.get_by_text("Who pays")).to_have_count(0)
    decide(moderator, changed, "Approve")

    # Zoë reports it; the moderator reads why, and rejects it.
    zoe.goto(article.get_absolute_url())
    zoe.get_by_role("link", name="Report the comment by Inés").click()
    zoe.get_by_label("It has nothing to do with the article").check()
    zoe.get_by_label("Explanation (optional)").fill("There is no new bridge.")
    press(zoe, "Send report")
    is_told(zoe, "Thank you")
    decide(
        moderator,
        changed,
        "Reject",
        pile="Reported",
        because="There is no new bridge.",
        reason="Off topic",
    )

    # Inés reads the reason and appeals; the moderator accepts the appeal.
    ines.goto(private_page)
    is_told(ines, "Your comment was not published")
    expect(ines.get_by_text("gave this reason: off topic.")).to_be_visible()
    ines.get_by_label("Your message to the moderators").fill("It opens in March.")
    press(ines, "Send to the moderators")
    expect(ines.get_by_text("You asked the moderators")).to_be_visible()
    decide(moderator, changed, "Approve", pile="Appealed", because="It opens in March.")
    ines.goto(private_page)
    is_told(ines, "Your comment is published")
    ines.get_by_role("link", name="See it in the conversation").click()
    expect(ines.locator(".comment:target")).to_contain_text(changed)

    # In the end she withdraws it.
    ines.goto(private_page)
    press(ines, "Withdraw this comment")
    is_told(ines, "You have withdrawn this comment")
    zoe.goto(article.get_absolute_url())
    expect(zoe.get_by_role("heading", name="No comments yet")).to_be_visible()
    expect(zoe.get_by_text("Who pays")).to_have_count(0)
    left_in_peace(ines, zoe)


def write(page, name, words, *, address=None):
    """A reader fills in the form on the page, sends it, and gets to the private page."""
    page.get_by_label("Name").fill(name)
    page.get_by_role("textbox", name=re.compile("^Comment")).fill(words)
    if address:
        page.get_by_label("Email (optional)").fill(address)
        page.get_by_label("Email me when someone replies").check()
    press(page, "Post comment")
    expect(page).to_have_url(re.compile("/comments/mine/"))
    is_told(page, "Your comment is waiting for a moderator")


def answer(page, article, words, *, in_place):
    """Zoë answers Inés: below her comment if scripts run, else on a page for it."""
    page.goto(article.get_absolute_url())
    page.get_by_role("link", name="Reply to Inés").click()
    expect(page.get_by_text("Your reply to Inés")).to_be_visible()
    expect(page.locator(".comment .writing")).to_have_count(int(in_place))
    assert ("?reply=" in page.url) is not in_place
    write(page, "Zoë", words)


def decide(page, words, step, *, pile="Pending", because="", reason=None):
    """The moderator opens the comment from a list, reads it and its reports, and decides."""
    page.goto(reverse("admin:comments_comment_changelist"))
    page.get_by_text("Filters", exact=True).click()
    page.get_by_role("link", name=pile, exact=True).click()
    row = page.get_by_role("row").filter(has_text=words)
    row.get_by_role("link").first.click()
    expect(page.locator(".said")).to_contain_text(words)
    expect(page.locator("#content")).to_contain_text(because)
    if reason:
        page.get_by_label("Reason to reject").select_option(label=reason)
    press(page, step)
    expect(page.locator(".messagelist .success")).to_be_visible()


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def is_told(page, heading):
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def link_in(mail, what, *, under="/comments/mail/"):
    return re.search(rf"\S+{under}{what}\S+", mail.get_body(["plain"]).get_content())[0]


def left_in_peace(*readers):
    """No cookie was set, and no page had an error."""
    for page in readers:
        assert page.context.cookies() == []
        assert page.complaints == []
