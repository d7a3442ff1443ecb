"""The conversation, as its people hold it: readers on a phone, with JavaScript and without, and the moderator."""

import re
from urllib.request import urlopen

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.comments.mail_server import MailServer
from tests.factories import make_user, make_visible_article

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    # One worker has what needs a port.
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
    """Gives somebody a phone; there are no accounts."""
    return lambda: open_page(viewport=PHONE, java_script_enabled=has_javascript)


@pytest.fixture
def ines(new_reader):
    return new_reader()


@pytest.fixture
def zoe(new_reader):
    return new_reader()


@pytest.fixture
def moderator(open_page):
    """Somebody of the moderators, signed in at the desk."""
    return open_page(user=make_user(role="Moderators"))


@pytest.fixture
def mails(settings, live_server):
    """What a real mail server was given for Inés; the links in it lead to the site under test."""
    server = MailServer()
    settings.MAILERS = server.mailers
    settings.SITE_URL = live_server.url
    with server.running():
        yield lambda: [mail for mail in server.letters if mail["To"] == ADDRESS]


def test_a_reader_hears_of_answers_until_it_is_enough(
    article, ines, zoe, moderator, mails, has_javascript
):
    ines.goto(article.get_absolute_url())
    write(ines, "Inés", QUESTION, address=ADDRESS)
    private_page = ines.url

    # Opening the link in the mail changes nothing; its button says yes.
    [asking] = mails()
    for _ in range(2):
        ines.goto(link_in(asking, "confirm"))
        is_told(ines, "Did you write this comment?")
    press(ines, "Yes, I wrote it")
    is_told(ines, "We tell you of replies")
    decide(moderator, QUESTION, "Approve")

    # An answer is told of when it can be read, and only once.
    answer(zoe, article, "The county does.", in_place=has_javascript)
    assert len(mails()) == 1
    decide(moderator, "The county does.", "Approve")
    decide(moderator, "The county does.", "Reject", pile="Approved", reason="Abuse")
    decide(moderator, "The county does.", "Approve", pile="Rejected")
    [_, news] = mails()
    assert news.get_content_type() == "text/plain"
    assert "Zoë has answered your comment" in news.get_content()
    assert "    The county does." in news.get_content()
    ines.goto(link_in(news, "", under="/comments/"))
    expect(ines.locator(".comment:target")).to_contain_text("The county does.")

    # The button of a mail program ends the mails, and Inés asks for them again.
    assert news["List-Unsubscribe"] == f"<{link_in(news, 'stop')}>"
    assert news["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    urlopen(link_in(news, "stop"), news["List-Unsubscribe-Post"].encode()).close()
    answer(zoe, article, "And the state.", in_place=has_javascript)
    decide(moderator, "And the state.", "Approve")
    assert len(mails()) == 2
    ines.goto(private_page)
    press(ines, "Mail me when somebody replies")
    answer(zoe, article, "Half of it each.", in_place=has_javascript)
    decide(moderator, "Half of it each.", "Approve")
    [_, _, news] = mails()
    assert "Half of it each." in news.get_content()

    # So does the page that the link in the mail leads to.
    for _ in range(2):
        ines.goto(link_in(news, "stop"))
        is_told(ines, "Which mails do you want no more?")
    press(ines, "Stop for this comment")
    is_told(ines, "No more mails about this comment")
    answer(zoe, article, "That is all.", in_place=has_javascript)
    decide(moderator, "That is all.", "Approve")
    assert len(mails()) == 3
    left_in_peace(ines, zoe)


def test_a_reader_keeps_control_of_what_was_written(article, ines, zoe, moderator):
    ines.goto(article.get_absolute_url())
    write(ines, "Inés", QUESTION)
    private_page = ines.url
    decide(moderator, QUESTION, "Approve")

    # Inés finds better words, and a moderator reads them before others do.
    changed = "Who pays for the new bridge?"
    ines.goto(private_page)
    is_told(ines, "Your comment is published")
    ines.get_by_text("Change your words").click()
    ines.get_by_label("Your comment").fill(changed)
    press(ines, "Change my comment")
    is_told(ines, "Your comment waits for a moderator")
    zoe.goto(article.get_absolute_url())
    expect(zoe.get_by_text("Who pays")).to_have_count(0)
    decide(moderator, changed, "Approve")

    # Zoë reports it; the moderator reads why, and takes it off the page.
    zoe.goto(article.get_absolute_url())
    zoe.get_by_role("link", name="Report the comment of Inés").click()
    zoe.get_by_label("It has nothing to do with the article").check()
    zoe.get_by_label("In your own words (optional)").fill("There is no new bridge.")
    press(zoe, "Send the report")
    is_told(zoe, "Thank you")
    decide(
        moderator,
        changed,
        "Reject",
        pile="Reported",
        because="There is no new bridge.",
        reason="Off topic",
    )

    # Inés is told the reason and appeals; the moderator reads that, and gives way.
    ines.goto(private_page)
    is_told(ines, "Your comment was not published")
    expect(ines.get_by_text("gave this reason: off topic.")).to_be_visible()
    ines.get_by_label("Your message to the moderators").fill("It opens in March.")
    press(ines, "Send to the moderators")
    expect(ines.get_by_text("You asked the moderators")).to_be_visible()
    decide(moderator, changed, "Approve", pile="Appealed", because="It opens in March.")
    ines.goto(private_page)
    is_told(ines, "Your comment is published")
    ines.get_by_role("link", name="See it where it stands").click()
    expect(ines.locator(".comment:target")).to_contain_text(changed)

    # And takes it back in the end.
    ines.goto(private_page)
    press(ines, "Withdraw this comment")
    is_told(ines, "You have withdrawn this comment")
    zoe.goto(article.get_absolute_url())
    expect(zoe.get_by_role("heading", name="No comments yet")).to_be_visible()
    expect(zoe.get_by_text("Who pays")).to_have_count(0)
    left_in_peace(ines, zoe)


def write(page, name, words, *, address=None):
    """A reader fills in the form that is there, sends it, and comes to the private page."""
    page.get_by_label("Name").fill(name)
    page.get_by_role("textbox", name=re.compile("^Comment")).fill(words)
    if address:
        page.get_by_label("Email (optional)").fill(address)
        page.get_by_label("Tell me by mail when somebody answers").check()
    press(page, "Post comment")
    expect(page).to_have_url(re.compile("/comments/mine/"))
    is_told(page, "Your comment waits for a moderator")


def answer(page, article, words, *, in_place):
    """Zoë answers Inés: at her comment where scripts run, on a page for it elsewhere."""
    page.goto(article.get_absolute_url())
    page.get_by_role("link", name="Reply to Inés").click()
    expect(page.get_by_text("Your answer to Inés")).to_be_visible()
    expect(page.locator(".comment .writing")).to_have_count(int(in_place))
    assert ("?reply=" in page.url) is not in_place
    write(page, "Zoë", words)


def decide(page, words, step, *, pile="Pending", because="", reason=None):
    """The moderator opens the comment from its pile, reads it and what was said of it, and decides."""
    page.goto(reverse("admin:comments_comment_changelist"))
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
    return re.search(rf"\S+{under}{what}\S+", mail.get_content())[0]


def left_in_peace(*readers):
    """No cookie was set, and nothing on the pages went wrong."""
    for page in readers:
        assert page.context.cookies() == []
        assert page.complaints == []
