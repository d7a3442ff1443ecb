"""The main job, step by step: import, read, comment, moderate, follow the links."""

import re

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect

from articles.models import Article
from comments.models import Comment
from tests.factories import DAY, HOUR, make_user, make_visible_article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def reader(browser, live_server):
    """A reader on a phone, without an account and without JavaScript."""
    context = browser.new_context(
        viewport=PHONE, java_script_enabled=False, base_url=live_server.url
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def moderator(browser, live_server):
    """A moderator, signed in at the desk."""
    make_user(role="Moderators", username="mo", first_name="Mo", last_name="Berg")
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    page.goto(reverse("admin:login"))
    page.get_by_label("Username").fill("mo")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Log in").click()
    yield page
    context.close()


OWN_DOCUMENT = """Ferry Bridge closed to cars at night

The council wants quiet on the quay; drivers will go round by the mill.

What was decided

Ten to four, after two hours

The bridge will be closed to cars from ten at night to five in the morning.
    Buses, bicycles and ambulances may cross at any hour, the council said.

    Who objects

    The owners of two restaurants spoke against it on Tuesday.
      They fear for the guests who come from the other side of the river.

      What comes next

      The signs go up in March, and after a year the numbers are looked at again.


      Leave a remark

      Older entry Newer entry
"""


@pytest.fixture(params=["a document of ours", "the seed"])
def document(request, tmp_path):
    """A text document, and its number of sections."""
    if request.param == "the seed":
        samples = request.getfixturevalue("samples")
        return samples / "seed" / "macron-reassurance-force.txt", 9
    path = tmp_path / "bridge.txt"
    path.write_text(OWN_DOCUMENT)
    return path, 3


def test_from_a_document_to_a_moderated_comment(document, reader, moderator):
    before = make_visible_article(title="The day before")
    path, sections = document
    call_command("import_articles", str(path), status="published")
    article = Article.objects.get(source__startswith="text:")
    article.redate(article.published_at - 2 * HOUR)
    before.redate(article.published_at - DAY)
    after = make_visible_article(title="The day after")

    # A reader finds the article on the front page and opens it.
    reader.goto("/")
    reader.get_by_role("link", name=article.title).click()
    expect(reader.get_by_role("heading", level=1)).to_have_text(article.title)
    expect(reader.locator("main h2[id^=s-]")).to_have_count(sections)
    assert reader.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    # The reader comments without an account, a cookie or a script.
    reader.get_by_label("Name").fill("Inés Ó Dálaigh")
    reader.get_by_role("textbox", name=re.compile("^Comment")).fill(
        "Would air policing count as “presence”?"
    )
    reader.get_by_role("button", name=re.compile("Post")).click()
    expect(reader).to_have_url(re.compile("/comments/mine/"))
    expect(reader.locator("main")).to_contain_text("wait")
    private_page = reader.url
    assert reader.context.cookies() == []
    reader.goto(article.get_absolute_url())
    expect(reader.locator("main")).not_to_contain_text("air policing")

    # A moderator approves it.
    comment = Comment.objects.get()
    moderator.goto(reverse("admin:comments_comment_changelist"))
    moderator.get_by_role("link", name=re.compile("Inés")).first.click()
    expect(moderator.locator("#content")).to_contain_text("air policing")
    moderator.get_by_role("button", name=re.compile("^Approve")).first.click()
    moderator.wait_for_load_state()
    comment.refresh_from_db()
    assert comment.is_approved
    assert comment.decisions.get().by_name == "Mo Berg"

    # Now everybody can read it, and its author is told so.
    reader.goto(article.get_absolute_url())
    expect(reader.locator(f"#comment-{comment.pk}")).to_contain_text("air policing")
    reader.goto(private_page)
    expect(reader.locator("main")).to_contain_text("published")

    # The article links to its neighbours, and they link back.
    reader.goto(article.get_absolute_url())
    reader.get_by_role("link", name=re.compile(before.title)).click()
    expect(reader.get_by_role("heading", level=1)).to_have_text(before.title)
    reader.get_by_role("link", name=re.compile(article.title[:20])).click()
    reader.get_by_role("link", name=re.compile(after.title)).click()
    expect(reader.get_by_role("heading", level=1)).to_have_text(after.title)
