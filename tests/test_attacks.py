"""
Attack texts and naughty strings through every public form, read in a real browser.

The browser ignores the Content Security Policy: that is the second line of defence, and these
tests check the first.
"""

import json
from itertools import batched

import pytest
from playwright.sync_api import expect

from comments.models import Comment
from tests.comments.views.sending import address_of_thread, next_page
from tests.factories import make_person, make_shown_comment, make_visible_article

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

# Characters in one comment: below the limit of the form, whatever the line ends become.
FILLING = 4500


@pytest.fixture
def texts(samples):
    """Every attack line and every naughty string that a database can store."""
    attacks = (samples / "xss/xss-payload-list.txt").read_text().splitlines()
    naughty = json.loads((samples / "unicode/blns.json").read_text())
    return [text for text in [*attacks, *naughty] if text.strip()]


@pytest.fixture
def watched(browser, live_server):
    """A page that fails the test if a script runs, another host is asked, or an error occurs."""
    context = browser.new_context(base_url=live_server.url, bypass_csp=True)
    page = context.new_page()
    seen = []
    page.on("dialog", lambda dialog: (seen.append(dialog.message), dialog.dismiss()))
    page.on("popup", lambda popup: seen.append(f"window: {popup.url}"))
    page.on(
        "request",
        lambda request: (
            request.url.startswith((live_server.url, "data:"))
            or seen.append(f"request: {request.url}")
        ),
    )
    page.on(
        "response",
        lambda response: response.status >= 500 and seen.append(f"500: {response.url}"),
    )
    page.seen = seen
    yield page
    context.close()


def bodies(texts):
    """The texts, packed into as few comments as possible."""
    body = ""
    for text in texts:
        if body and len(body) + len(text) + 2 > FILLING:
            yield body
            body = ""
        body += text[:FILLING] + "\n\n"
    yield body


def look_at(page, address):
    page.goto(address)
    page.wait_for_load_state()
    assert page.seen == []


def look_at_thread(client, page, article):
    """Looks at the article and at every page of its conversation."""
    look_at(page, article.get_absolute_url())
    address, shown = address_of_thread(article), 0
    while address:
        look_at(page, address)
        shown += page.locator("article.comment").count()
        address = next_page(client.get(address).text)
    assert shown == Comment.objects.filter(article=article).count()


# The forms get some of the texts here: tests/comments/views/test_attacks.py sends all of them.


def test_nothing_runs_that_was_sent_as_a_comment(client, watched, texts, settings):
    settings.COMMENT_RATE = []
    article = make_visible_article()
    form = "form:has(textarea[name=body])"
    for number, body in enumerate(bodies(texts)):
        name = texts[number * 60 % len(texts)][:60]
        if number % 40:
            make_shown_comment(article=article, name=name, body=body)
        else:
            watched.goto(article.get_absolute_url())
            watched.locator(f"{form} [name=name]").fill(name)
            watched.locator(f"{form} [name=body]").fill(body)
            watched.locator(f"{form} button").first.click()
            watched.wait_for_load_state()
            assert watched.seen == []
    assert Comment.objects.count() == number + 1
    for comment in Comment.objects.waiting():
        comment.approve()
    look_at(watched, Comment.objects.oldest_first()[50].get_absolute_url())
    look_at_thread(client, watched, article)
    expect(watched.locator("article.comment").first).to_be_visible()


def test_nothing_runs_that_was_sent_as_a_name(client, watched, texts, settings):
    settings.COMMENT_RATE = []
    article = make_visible_article()
    for text in texts[::400]:
        for typed in [
            {"name": text[:80], "email": text[:60], "parent": text[:20]},
            {"name": text[:80]},
        ]:
            answer = client.post(address_of_thread(article), typed | {"body": text})
            assert answer.status_code in {303, 422}
    for text in texts[::40]:
        make_shown_comment(article=article, name=text[:80], body=text[:FILLING])
    for comment in Comment.objects.waiting():
        comment.approve()
    look_at_thread(client, watched, article)


def test_nothing_runs_that_was_written_as_an_article(watched, texts):
    for number, some in enumerate(batched(texts, 800, strict=False)):
        article = make_visible_article(
            title=some[0][:250],
            standfirst="\n".join(some[1:20]),
            body="\n".join(some),
            tags=[f"{some[20][:80]} {number}"],
            byline=[make_person(name=some[21][:100], about=some[22])],
        )
        look_at(watched, article.get_absolute_url())
        look_at(watched, article.people[0].get_absolute_url())
        look_at(watched, article.tags.first().get_absolute_url())
    for address in ["/", "/tags/", "/archive/"]:
        look_at(watched, address)
