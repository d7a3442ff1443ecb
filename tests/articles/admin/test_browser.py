"""The desk in a browser: the editor under the site's CSP, shortcuts, and accessibility (axe)."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone

from articles.content.typed_html import laid_out
from articles.models import Article
from newsroom.models import StaffSession
from tests.articles.admin.desk import LIST, form_of, place_caret, save
from tests.factories import (
    DAY,
    make_article,
    make_person,
    make_user,
    make_visible_article,
)

pytestmark = pytest.mark.browser

EVERYTHING = (
    '<p>First <em>one</em> with <a href="/x" title="t" hreflang="de" rel="noopener">a link</a>, '
    '<abbr title="x">HTML</abbr>, <cite>c</cite> <q>q</q> H<sub>2</sub>O x<sup>2</sup> <s>s</s> '
    "<u>u</u> <strong>b</strong> <code>c</code><br>break</p>"
    '<h2 id="s-section">Section</h2><h3 id="s-sub">Sub</h3>'
    '<ul><li><p>a</p><ul><li><p>b</p></li></ul></li></ul><ol start="3"><li><p>x</p></li></ol>'
    '<blockquote class="pull"><p>Pull</p></blockquote><blockquote><p>Quote</p></blockquote><hr>'
    "<pre><code>a  = 1\n b</code></pre>"
    '<table><tbody><tr><th scope="col">h</th><td colspan="2">d</td></tr></tbody></table>'
    '<table><caption>Cap &amp; more</caption><thead><tr><th scope="col"><p>a</p></th></tr></thead>'
    "<tbody><tr><td><p>b</p></td></tr></tbody></table>"
    "<dl><dt>t</dt><dd><p>d</p></dd></dl>"
    '<figure><img src="/static/favicon.svg" alt="A" width="10" height="20">'
    "<figcaption>Cap</figcaption></figure><p>Last.</p>"
)
TABLE_WITH_A_FOOT = (
    "<table><tbody><tr><td>a</td></tr></tbody>"
    "<tfoot><tr><td>b</td></tr></tfoot></table>"
)


@pytest.fixture
def open_desk(transactional_db, open_page):
    """Opens a page as an editor."""
    user = make_user(role="Editors")

    def open_as_editor(**wishes):
        page = open_page(user=user, **wishes)
        page.user = user
        return page

    return open_as_editor


@pytest.fixture
def desk(open_desk):
    return open_desk()


def body(page):
    editor = page.get_by_role("textbox", name="Body")
    editor.wait_for()
    return editor


def test_the_editor_writes_under_the_policy_of_the_site(desk):
    article = make_article(body="<p>Begun.</p>")
    response = desk.goto(form_of(article))
    policy = response.header_value("content-security-policy")
    assert "unsafe" not in policy
    place_caret(desk, "Control+End")
    desk.keyboard.press("Enter")
    desk.keyboard.type("Two  words and ")
    desk.keyboard.press("Control+b")
    desk.keyboard.type("more")
    desk.get_by_role("button", name="Heading", exact=True).focus()
    desk.keyboard.press("Shift+Tab")
    save(desk)
    article.refresh_from_db()
    assert article.body == "<p>Begun.</p><p>Two  words and <strong>more</strong></p>"
    assert desk.complaints == []


def test_every_button_of_the_editor_can_be_reached_by_keyboard(desk):
    desk.goto(form_of(make_article(body="<p>Words</p>")))
    body(desk)
    for control in desk.locator(".prose-menubar *:not(span)").all():
        name = control.evaluate("e => e.localName")
        assert name in {"div", "button", "svg", "rect", "line", "path"}
    body(desk).click()
    desk.get_by_role("button", name="More", exact=True).focus()
    desk.keyboard.press("Enter")
    desk.get_by_role("button", name="Pull quote").focus()
    desk.keyboard.press("Enter")
    assert desk.locator(".ProseMirror blockquote.pull").inner_text() == "Words"
    assert desk.complaints == []


def test_the_editor_keeps_everything_that_a_body_may_hold(desk):
    article = make_article(body=EVERYTHING)
    article.refresh_from_db()
    assert article.body == EVERYTHING
    desk.goto(form_of(article))
    editor = body(desk)
    place_caret(desk, "End", at=editor.get_by_text("Last."))
    desk.keyboard.type("!")
    save(desk)
    article.refresh_from_db()
    assert article.body == EVERYTHING.replace("Last.", "Last.!").replace(
        # A cell of the editor holds paragraphs.
        '<th scope="col">h</th><td colspan="2">d</td>',
        '<th scope="col"><p>h</p></th><td colspan="2"><p>d</p></td>',
    )
    assert [text for text in desk.complaints if "favicon.svg" not in text] == []


def test_what_the_editor_would_lose_is_shown_as_html(desk):
    article = make_article(body=TABLE_WITH_A_FOOT)
    desk.goto(form_of(article))
    desk.get_by_text("the editor would lose").wait_for()
    textarea = desk.locator("textarea[name=body]")
    assert textarea.input_value() == laid_out(TABLE_WITH_A_FOOT)
    textarea.fill(TABLE_WITH_A_FOOT + "<p>More</p>")
    save(desk)
    article.refresh_from_db()
    assert article.body == TABLE_WITH_A_FOOT + "<p>More</p>"
    assert desk.complaints == []


def test_alt_and_the_arrows_lead_to_the_neighbours(desk):
    articles = [make_article(title=f"Story {letter}") for letter in "abc"]
    desk.goto(f"{form_of(articles[1])}?_changelist_filters=o%3D1")
    body(desk).click()
    desk.keyboard.press("Alt+ArrowRight")
    desk.wait_for_url(f"**{form_of(articles[2])}?_changelist_filters=o%3D1")
    desk.keyboard.press("Alt+ArrowLeft")
    desk.wait_for_url(f"**{form_of(articles[1])}?_changelist_filters=o%3D1")
    desk.keyboard.press("Alt+ArrowLeft")
    desk.wait_for_url(f"**{form_of(articles[0])}?_changelist_filters=o%3D1")


def test_leaving_typed_words_behind_is_asked_about(desk):
    first, second = make_article(title="Story a"), make_article(title="Story b")
    asked = []
    desk.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    desk.goto(f"{form_of(first)}?_changelist_filters=o%3D1")
    desk.get_by_label("Title").fill("Typed")
    with desk.expect_event("dialog"):
        desk.keyboard.press("Alt+ArrowRight")
    assert asked == ["beforeunload"]
    assert desk.get_by_label("Title").input_value() == "Typed"
    assert form_of(second) not in desk.url


def test_what_was_typed_outlives_the_session(desk):
    person = make_person(name="Ana Ruiz")
    desk.goto(reverse("admin:articles_person_change", args=[person.pk]))
    desk.get_by_label("Name").fill("Ana María Ruiz")
    StaffSession.objects.all().delete()
    desk.get_by_role("button", name="Save", exact=True).click()
    desk.get_by_label("Username").fill(desk.user.username)
    desk.get_by_label("Password").fill("correct horse battery")
    desk.get_by_role("button", name="Log in").click()
    desk.get_by_text("Your text is back").wait_for()
    assert desk.get_by_label("Name").input_value() == "Ana María Ruiz"
    desk.get_by_role("button", name="Save", exact=True).click()
    desk.get_by_text("was changed successfully").wait_for()
    person.refresh_from_db()
    assert person.name == "Ana María Ruiz"


def test_without_javascript_the_desk_writes_html_and_publishes(open_desk):
    article = make_article(body="<p>Begun.</p>")
    page = open_desk(java_script_enabled=False)
    page.goto(form_of(article))
    page.get_by_label("Body").fill("Typed as <b>text</b>.\n\nIn two paragraphs.")
    page.get_by_label("Byline").fill("Inés Vega")
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("“Inés Vega” is new.").wait_for()
    page.get_by_label("Create “Inés Vega”").check()
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("heading", name="Publish “").wait_for()
    page.get_by_label("Publish anyway").check()
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("is now published").wait_for()
    article = Article.objects.visible().get()
    assert article.body == (
        "<p>Typed as <strong>text</strong>.</p><p>In two paragraphs.</p>"
    )
    assert [person.name for person in article.people] == ["Inés Vega"]


def test_all_columns_of_the_list_stand_side_by_side(open_desk):
    desk = open_desk(viewport={"width": 1440, "height": 900})
    make_visible_article(
        title="The library where ladders must be fetched on foot",
        byline=[make_person(name="Clara Hollis"), make_person(name="Jonas Weidner")],
        tags=["River Wendle", "Neighbours", "Obituary"],
    ).put_on_top()
    make_article().publish(at=timezone.now() + DAY)
    desk.goto(LIST)
    desk.locator("#changelist-filter").wait_for()
    room = desk.locator(".results").evaluate("e => [e.scrollWidth, e.clientWidth]")
    assert room[0] <= room[1]


@pytest.mark.parametrize(("width", "colours"), [(390, "light"), (1440, "dark")])
def test_axe_finds_nothing_on_list_form_and_question(open_desk, width, colours):
    desk = open_desk(viewport={"width": width, "height": 900}, color_scheme=colours)
    article = make_visible_article(tags=["Harbour"], body=EVERYTHING)
    article.withdraw(reason="Wrong")
    draft = make_article(created_by=desk.user)
    draft.submit()
    draft.return_to_draft(note="Shorter.")
    question = form_of(article).replace("/change/", "/steps/schedule/")
    for address in (LIST, form_of(article), form_of(draft), question):
        desk.goto(address)
        if address in {form_of(article), form_of(draft)}:
            body(desk)
        found = Axe().run(desk).response["violations"]
        assert [
            (rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found
        ] == []
        assert desk.evaluate("document.documentElement.scrollWidth") <= width
