"""The public pages in a real browser: screens, colour schemes, keyboard and screen readers."""

from io import BytesIO

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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_on_any_public_page(addresses, open_page, viewport, scheme):
    page = open_page(viewport=viewport, color_scheme=scheme)
    found = {}
    for address in addresses:
        page.goto(address)
        for violation in Axe().run(page).response["violations"]:
            nodes = [node["html"][:120] for node in violation["nodes"]]
            found[address, violation["id"]] = nodes
    assert found == {}


@pytest.mark.parametrize(
    ("width", "text"),
    [(320, "100%"), (390, "200%"), (640, "200%"), (1440, "100%")],
)
def test_no_page_scrolls_sideways(addresses, open_page, width, text):
    page = open_page(viewport={"width": width, "height": 700})
    wide = {}
    for address in addresses:
        page.goto(address)
        page.evaluate("size => document.documentElement.style.fontSize = size", text)
        found = page.evaluate("document.documentElement.scrollWidth")
        if found > width:
            wide[address] = found
    assert wide == {}


def test_the_browser_has_nothing_to_complain_about(addresses, open_page):
    page = open_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("response", lambda answer: answer.ok or complaints.append(answer.url))
    for address in addresses[:-2]:  # those two answer 404 and 410, as they should
        page.goto(address)
    assert complaints == []


def test_no_page_asks_another_host_for_anything(addresses, open_page, live_server):
    page = open_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for address in addresses:
        page.goto(address)
    assert asked
    assert [url for url in asked if not url.startswith(live_server.url)] == []


def test_headings_never_skip_a_level(addresses, open_page):
    page = open_page(java_script_enabled=True)
    for address in addresses:
        page.goto(address)
        levels = page.evaluate(
            "[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(h => +h.tagName[1])"
        )
        assert levels[0] == 1, address
        assert levels.count(1) == 1, address
        assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False)), (
            address
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


def test_paper_gets_the_article_and_not_the_furniture(addresses, open_page):
    page = open_page()
    page.goto(addresses[2])
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for part in ["nav", "footer", "form", ".conversation"]:
        assert page.locator(part).count()
        for found in page.locator(part).all():
            expect(found).to_be_hidden()


def test_comments_are_printed_from_their_own_page(addresses, open_page):
    page = open_page()
    page.goto(addresses[4])
    page.emulate_media(media="print")
    expect(page.locator(".comment").first).to_be_visible()
    expect(page.locator("form").first).to_be_hidden()


def test_the_desks_view_of_a_draft_is_accessible_too(open_page):
    draft = make_article(title="A draft")
    page = open_page(user=make_user(role="Editors"), viewport=PHONE)
    page.goto(draft.get_absolute_url())
    expect(page.get_by_role("note")).to_contain_text("Not public: Draft")
    assert Axe().run(page).response["violations"] == []
