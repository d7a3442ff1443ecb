"""The public pages in a real browser: screens, colour schemes, keyboard and screen readers."""

from io import BytesIO
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.flatpages.models import FlatPage
from PIL import Image
from playwright.sync_api import expect

from articles.core.pagination import Cursor
from comments.mail.one_click import decision_address
from comments.security.tokens import (
    confirm_address,
    data_address,
    private_address,
    request_address,
    stop_address,
)
from tests.factories import (
    DAY,
    HOUR,
    digest_of,
    make_article,
    make_comment,
    make_correction,
    make_mailbox,
    make_person,
    make_request,
    make_shown_comment,
    make_user,
    make_visible_article,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}

LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamten"
BODY = f"""
<p>With <a href="/about/">a link</a>, <em>emphasis</em> and https://example.com/{"a" * 200}.</p>
<blockquote class="pull"><p>The tide does not read the timetable.</p></blockquote>
<h2>Numbers</h2><h3>Four years of measuring</h3>
<table><caption>Oxygen</caption><thead><tr>{"<th scope='col'>Reference</th>" * 9}</tr></thead>
<tbody><tr>{"<td>10.25</td>" * 9}</tr></tbody></table>
<table><tbody><tr><td>A second one</td></tr></tbody></table>
<h2>Code {LONG_WORD}</h2><pre><code>{"x" * 300}</code></pre><p><code>{"y" * 200}</code></p>
<h2>Lists</h2><ul><li>One</li><li>{LONG_WORD * 2}</li></ul><ol><li>First</li></ol>
<figure><img src="/static/favicon.svg" alt="An N" width="1200" height="800"><figcaption>N.</figcaption></figure>
<blockquote><p>Quoted.</p></blockquote>
"""


def make_conversation(article):
    first = make_shown_comment(article=article, name=LONG_WORD, body=LONG_WORD * 3)
    make_shown_comment(
        parent=first, name="هدى", body="https://example.com/" + "a" * 300
    )
    for _ in range(5):
        make_shown_comment(parent=first)
    first.refresh_from_db()
    first.pick()
    return first


def make_answered_request(article):
    asked = make_request(article=article, text=LONG_WORD * 3)
    asked.answer_with(make_correction(article=article, text=LONG_WORD * 3))
    return asked


@pytest.fixture
def addresses():
    """The public pages of a site full of content that is hard to lay out."""
    people = [
        make_person(name="هدى المنصوري", about="Writes."),
        make_person(name=LONG_WORD),
    ]
    tags = ["Water", LONG_WORD, *(f"Tag {n}" for n in range(20))]
    newest = make_visible_article(title="The newest")
    article = make_visible_article(
        title=f"A headline with {LONG_WORD} in it",
        standfirst="Explained in a sentence. " * 5,
        body=BODY,
        tags=tags,
        byline=people,
        published_at=newest.published_at - HOUR,
    )
    make_visible_article(
        title="مدينة على ضفة النهر",
        language="ar",
        published_at=newest.published_at - DAY,
    )
    for n in range(22):
        make_visible_article(
            tags=["Water"], published_at=newest.published_at - (2 + n) * DAY
        )
    first, asked = make_conversation(article), make_answered_request(article)
    gone = make_visible_article()
    gone.withdraw(notice="The figures were wrong.")
    FlatPage.objects.filter(url="/about/").update(content=BODY)
    month = f"{article.published_at:%Y/%m}"
    chief = make_user(is_superuser=True, is_staff=True, username=LONG_WORD)
    decided = decision_address(first, "reject", digest_of(chief))
    mailbox = make_mailbox(address=f"{'a' * 60}@{'b' * 60}.{'c' * 60}.example")
    typed = make_comment(article=article, email=mailbox.address, notify=True)
    return [
        "/",
        f"/?before={Cursor(newest.published_at, newest.pk)}",
        article.get_absolute_url(),
        newest.get_absolute_url(),
        article.get_absolute_url() + "comments/",
        article.get_absolute_url() + f"comments/?root={first.pk}",
        article.get_absolute_url() + "report-error/",
        first.get_absolute_url() + "report/",
        "/comments/reported/",
        request_address(asked),
        "/comments/data/",
        data_address(mailbox),
        confirm_address(mailbox),
        confirm_address(mailbox, typed),
        private_address(typed),
        stop_address(mailbox, first),
        decided,
        "/corrections/",
        "/tags/",
        "/tags/water/",
        people[0].get_absolute_url(),
        "/archive/",
        f"/archive/{month[:4]}/",
        f"/archive/{month}/",
        "/about/",
        "/rules/",
        "/nothing-here/",
        gone.get_absolute_url(),
    ]


# Here as in the tests of each screen, every width comes in one scheme: colours are tokens with
# one value for light and one for dark (static/tokens.css), whatever the width.
@pytest.mark.parametrize(
    ("viewport", "scheme"),
    [(PHONE, "light"), (DESK, "dark")],
    ids=["phone-light", "desk-dark"],
)
def test_axe_finds_nothing_on_any_public_page(addresses, open_page, viewport, scheme):
    page = open_page(viewport=viewport, color_scheme=scheme)
    found = {}
    for address in addresses:
        page.goto(address)
        for violation in Axe().run(page).response["violations"]:
            nodes = [node["html"][:120] for node in violation["nodes"]]
            found[address, violation["id"]] = nodes
    assert found == {}


# In pixels, with the size of the text.
SCREENS = [(320, "100%"), (390, "200%"), (640, "200%"), (1440, "100%")]


def test_no_page_scrolls_sideways(addresses, open_page):
    page = open_page()
    wide = []
    for address in addresses:
        page.goto(address)
        for width, text in SCREENS:
            page.set_viewport_size({"width": width, "height": 700})
            found = page.evaluate(
                "size => { document.documentElement.style.fontSize = size;"
                " return document.documentElement.scrollWidth }",
                text,
            )
            if found > width:
                wide.append((address, width, found))
    assert wide == []


def test_pages_load_without_errors_and_from_here_alone(
    addresses, open_page, live_server
):
    page = open_page()
    complaints, asked = [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("response", lambda answer: answer.ok or complaints.append(answer.url))
    page.on("request", lambda request: asked.append(request.url))
    levels = {}
    for address in addresses[:-2]:
        levels[address] = heading_levels(page, address)
    assert complaints == []
    for address in addresses[-2:]:  # those two answer 404 and 410, as they should
        levels[address] = heading_levels(page, address)
    assert asked
    assert [url for url in asked if not url.startswith(live_server.url)] == []
    for address, found in levels.items():
        assert found[0] == 1, address
        assert found.count(1) == 1, address
        skips = [pair for pair in pairwise(found) if pair[1] - pair[0] > 1]
        assert skips == [], address


def heading_levels(page, address):
    page.goto(address)
    return page.evaluate(
        "[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(h => +h.tagName[1])"
    )


def test_the_first_tab_stop_leads_past_the_masthead(addresses, open_page):
    page = open_page()
    page.goto(addresses[2])
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate(
        "document.querySelector('main').contains(document.activeElement)"
    )


PAPER = "getComputedStyle(document.body).backgroundColor"
LIGHT, DARK = "rgb(255, 253, 248)", "rgb(20, 19, 15)"


def test_a_reader_chooses_the_colours_for_good(open_page):
    page = open_page(color_scheme="light")
    page.goto("/")
    assert page.evaluate(PAPER) == LIGHT
    page.get_by_role("radio", name="Dark").check()
    assert page.evaluate(PAPER) == DARK
    page.goto("/tags/")
    assert page.evaluate(PAPER) == DARK
    expect(page.get_by_role("radio", name="Dark")).to_be_checked()
    page.get_by_role("radio", name="System default").check()
    assert page.evaluate(PAPER) == LIGHT


def test_without_javascript_the_colours_follow_the_system(open_page):
    page = open_page(color_scheme="dark", java_script_enabled=False)
    page.goto("/")
    expect(page.locator(".theme")).to_be_hidden()
    with Image.open(BytesIO(page.screenshot())) as picture:
        assert picture.convert("RGB").getpixel((2, 400)) == (20, 19, 15)


def test_paper_gets_the_article_and_comments_from_their_own_page(addresses, open_page):
    page = open_page()
    page.goto(addresses[2])
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for part in ["nav", "footer", "form", ".conversation"]:
        assert page.locator(part).count()
        for found in page.locator(part).all():
            expect(found).to_be_hidden()
    page.goto(addresses[4])
    expect(page.locator(".comment").first).to_be_visible()
    expect(page.locator("form").first).to_be_hidden()


def test_the_desks_view_of_a_draft_is_accessible_too(open_page):
    draft = make_article(title="A draft")
    page = open_page(user=make_user(role="Editors"), viewport=PHONE)
    page.goto(draft.get_absolute_url())
    expect(page.get_by_role("note")).to_contain_text("Not public: Draft")
    assert Axe().run(page).response["violations"] == []
