"""Writing in a browser: pictures as objects, uploads, pasting, links, footnotes, the toolbar."""

import base64
import re
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from articles.models import Image
from tests.articles.admin.desk import form_of, place_caret, settle
from tests.factories import (
    make_article,
    make_image,
    make_picture_file,
    make_user,
    make_visible_article,
)

pytestmark = pytest.mark.browser

PASTED = Path(__file__).with_name("pasted")

# Puts something on the clipboard and pastes it, as the browser does.
PASTE = """async ({html, text, files}) => {
    const data = new DataTransfer();
    if (html) data.setData("text/html", html);
    if (text) data.setData("text/plain", text);
    for (const [name, type, content] of files) {
        data.items.add(new File([Uint8Array.from(atob(content), c => c.charCodeAt(0))], name, {type}));
    }
    const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
    document.querySelector(".ProseMirror").dispatchEvent(event);
}"""


@pytest.fixture
def desk(transactional_db, open_page):
    page = open_page(user=make_user(role="Editors"))
    page.on("dialog", lambda dialog: dialog.accept())
    return page


def open_body(page, html):
    page.goto(form_of(make_article(body=html)))
    page.get_by_role("textbox", name="Body", exact=True).wait_for()


def text(page, words):
    return page.locator(".ProseMirror p").get_by_text(words, exact=True)


def html_of(page):
    """The HTML that would be saved, without what cleaning adds."""
    html = page.locator("textarea[name=body]").input_value()
    return html.replace(' rel="noopener"', "")


def paste(page, *, html="", text="", files=()):
    page.evaluate(PASTE, {"html": html, "text": text, "files": list(files)})


@pytest.fixture
def picture(transactional_db):
    return make_image(alt="Boats", credit="Greta Lund")


def figure_of(picture, *, alt="", caption="", kind=""):
    words = f"<figcaption>{caption}</figcaption>" if caption else ""
    src = reverse("articles:picture_for_the_desk", args=[picture.pk])
    return f'<figure{kind}><img src="{src}" alt="{alt}" data-file="{picture.pk}">{words}</figure>'


@pytest.fixture
def figure(picture):
    return figure_of(picture)


def select_figure(page, *, at=5):
    # Not twice at one place, which would be a double click.
    page.locator(".body-picture__images").click(position={"x": at, "y": 5})
    page.locator(".body-picture--selected").wait_for()
    settle(page)


def test_typing_on_a_picture_begins_a_paragraph_after_it(desk, figure):
    open_body(desk, f"<p>One.</p>{figure}<p>Two.</p>")
    select_figure(desk)
    desk.keyboard.type("Words.")
    assert html_of(desk) == f"<p>One.</p>{figure}<p>Words.</p><p>Two.</p>"
    select_figure(desk, at=25)
    desk.keyboard.press("Enter")
    desk.keyboard.type("First.")
    assert html_of(desk) == f"<p>One.</p>{figure}<p>First.</p><p>Words.</p><p>Two.</p>"
    assert desk.complaints == []


@pytest.mark.parametrize("key", ["Backspace", "Delete", "Control+x"])
def test_a_picture_is_removed_whole_and_comes_back_whole(desk, figure, key):
    before = f"<p>One.</p>{figure}<p>Two.</p>"
    open_body(desk, before)
    select_figure(desk)
    desk.keyboard.press(key)
    assert html_of(desk) == "<p>One.</p><p>Two.</p>"
    desk.keyboard.press("Control+z")
    assert html_of(desk) == before
    assert desk.complaints == []


def test_the_arrows_pass_a_picture(desk, figure):
    open_body(desk, f"<p>One.</p>{figure}<p>Two.</p>")
    place_caret(desk, "End", at=text(desk, "One."))
    desk.keyboard.press("ArrowRight")
    settle(desk)
    desk.locator(".body-picture--selected").wait_for()
    desk.keyboard.press("ArrowRight")
    settle(desk)
    desk.keyboard.type("Then ")
    assert html_of(desk) == f"<p>One.</p>{figure}<p>Then Two.</p>"


def test_pasting_on_a_picture_leaves_it(desk, figure):
    open_body(desk, f"<p>One.</p>{figure}")
    select_figure(desk)
    paste(desk, html="<p>Pasted.</p>", text="Pasted.")
    assert html_of(desk) == f"<p>One.</p>{figure}<p>Pasted.</p>"


def test_alt_text_caption_and_width_are_written_beside_the_picture(desk, picture):
    open_body(desk, figure_of(picture))
    select_figure(desk)
    desk.keyboard.press("Tab")
    alt = desk.get_by_label("Alt text", exact=True)
    assert alt.evaluate("field => field === document.activeElement")
    desk.keyboard.type("Three boats")
    desk.keyboard.press("Enter")
    desk.keyboard.press("Enter")
    desk.keyboard.type("At dawn")
    desk.get_by_role("button", name="Wide").click()
    assert html_of(desk) == figure_of(
        picture, alt="Three boats", caption="At dawn", kind=' class="wide"'
    )
    desk.get_by_role("textbox", name="Caption", exact=True).press("Escape")
    desk.locator(".body-picture--selected").wait_for()
    assert desk.complaints == []


def test_a_picture_moves_by_keys(desk, figure):
    open_body(desk, f"<p>One.</p>{figure}<p>Two.</p>")
    select_figure(desk)
    desk.keyboard.press("Alt+ArrowUp")
    assert html_of(desk) == f"{figure}<p>One.</p><p>Two.</p>"
    desk.keyboard.press("Alt+ArrowDown")
    desk.keyboard.press("Alt+ArrowDown")
    assert html_of(desk) == f"<p>One.</p><p>Two.</p>{figure}"
    desk.locator(".body-picture--selected").wait_for()


def test_a_picture_moves_by_dragging(desk, figure):
    open_body(desk, f"<p>One.</p><p>Two.</p>{figure}")
    select_figure(desk)
    desk.locator(".body-picture__images").drag_to(
        text(desk, "Two."), target_position={"x": 2, "y": 2}
    )
    assert html_of(desk) == f"<p>One.</p>{figure}<p>Two.</p>"


def test_pictures_of_a_gallery_are_one_object(desk, picture):
    other = make_image(alt="Nets")
    inner = figure_of(picture) + figure_of(other)
    images = inner.replace("<figure>", "").replace("</figure>", "")
    gallery = f'<figure class="gallery">{images}<figcaption>Two</figcaption></figure>'
    open_body(desk, f"<p>One.</p>{gallery}")
    select_figure(desk)
    desk.get_by_label("Alt text of picture 2").fill("Wet nets")
    assert 'alt="Wet nets"' in html_of(desk)
    desk.get_by_role("button", name="Remove picture 1").click()
    assert html_of(desk) == "<p>One.</p>" + figure_of(
        other, alt="Wet nets", caption="Two"
    )


def picture_file(name="pier.png", *, width=300):
    content = make_picture_file(width=width, height=200).read()
    return name, "image/png", base64.b64encode(content).decode()


def test_an_upload_keeps_its_place_while_the_text_moves(desk):
    held = []
    desk.route("**/articles/image/add/", lambda route: held.append(route))
    open_body(desk, "<p>One.</p><p>Two.</p>")
    place_caret(desk, "End", at=text(desk, "One."))
    paste(desk, files=[picture_file()])
    desk.locator(".body-upload progress").wait_for()
    place_caret(desk, "Home", at=text(desk, "One."))
    desk.keyboard.type("Before. ")
    desk.keyboard.press("Enter")
    held[0].continue_()
    desk.locator(".body-picture").wait_for()
    assert desk.locator(".body-upload").count() == 0
    first, rest = html_of(desk).split("<figure>")
    assert first == "<p>Before. </p><p>One.</p>"
    assert rest.endswith("</figure><p>Two.</p>")


def test_a_failed_upload_says_why_and_is_tried_again(desk):
    open_body(desk, "<p>One.</p>")
    place_caret(desk, "End")
    desk.route("**/articles/image/add/", lambda route: route.abort())
    paste(desk, files=[picture_file()])
    desk.get_by_text("cannot be reached").wait_for()
    desk.unroute("**/articles/image/add/")
    desk.get_by_role("button", name="Try again").click()
    desk.locator(".body-picture").wait_for()
    assert html_of(desk).startswith("<p>One.</p><figure><img ")


def test_a_clipboard_with_text_and_a_picture_of_it_gives_the_text(desk):
    open_body(desk, "<p>One.</p>")
    place_caret(desk, "End")
    paste(
        desk, html="<p>From Word.</p>", text="From Word.", files=[picture_file("a.png")]
    )
    assert html_of(desk) == "<p>One.From Word.</p>"
    assert desk.locator(".body-upload").count() == 0


CLEAN = """async (html) => {
    const { fromClipboard } = await import("/static/desk/body/paste.js");
    return fromClipboard(html);
}"""


def test_the_clipboard_of_each_program_keeps_what_articles_hold(desk):
    open_body(desk, "<p>One.</p>")
    sources = sorted(PASTED.glob("*[!d].html"))
    sources = [path for path in sources if ".expected" not in path.name]
    assert len(sources) == 9
    for source in sources:
        expected = source.with_suffix(".expected.html").read_text().strip()
        assert desk.evaluate(CLEAN, source.read_text()) == expected, source.name
    # No style of them was applied or complained about.
    assert desk.complaints == []


def test_the_samples_of_pasting_come_out_as_they_should(desk, samples):
    open_body(desk, "<p>One.</p>")
    for name in ["docs-paste.html", "word-list.html"]:
        html = (samples / "cases" / name).read_text().partition("-->")[2]
        expected = {
            "docs-paste.html": "<p>The quiet words stay quiet. <strong>These two shout</strong>"
            "<em> and these lean.</em></p><h2>A section</h2>"
            "<p>Under it, H2O and a slip.</p>",
            "word-list.html": "<ul><li>first point</li><li>second point</li></ul>",
        }[name]
        assert desk.evaluate(CLEAN, html) == expected
    assert desk.complaints == []


def test_pictures_of_other_sites_are_left_out_and_data_goes_to_the_library(desk):
    open_body(desk, "<p>One.</p>")
    place_caret(desk, "End")
    _name, kind, content = picture_file()
    data = f'<p>Two.</p><img src="data:{kind};base64,{content}" alt="A pier">'
    paste(desk, html=f'{data}<img src="https://example.org/x.png">')
    desk.get_by_text("1 picture from another site was left out").wait_for()
    desk.locator(".body-picture").wait_for()
    assert 'alt="A pier" data-file="' in html_of(desk)


def test_the_link_box_takes_addresses_and_refuses_what_is_none(desk):
    open_body(desk, "<p>Words</p>")
    place_caret(desk, "Control+a")
    desk.keyboard.press("Control+k")
    field = desk.get_by_role("combobox", name="Title of one of our articles")
    field.fill("no address")
    field.press("Enter")
    desk.get_by_text("This is not an address").wait_for()
    field.fill("example.org/a")
    field.press("Enter")
    assert html_of(desk) == '<p><a href="https://example.org/a">Words</a></p>'
    desk.keyboard.press("Control+k")
    desk.get_by_role("button", name="Remove the link").click()
    assert html_of(desk) == "<p>Words</p>"


ADDRESSES = """async (typed) => {
    const { asAddress } = await import("/static/desk/body/links.js");
    return typed.map(asAddress);
}"""


def test_an_address_is_known_by_its_form(desk):
    open_body(desk, "<p>Words</p>")
    own = desk.url.partition("/admin/")[0]
    pairs = {
        "example.org": "https://example.org",
        " https://example.org/ ": "https://example.org/",
        "http://münchen.example/": "http://münchen.example/",
        "ana@example.org": "mailto:ana@example.org",
        "mailto:ana@example.org": "mailto:ana@example.org",
        "/articles/ferry/": "/articles/ferry/",
        f"{own}/articles/ferry/?a=1#b": "/articles/ferry/?a=1#b",
        "#s-water": "#s-water",
        "javascript:alert(1)": None,
        "data:text/html,x": None,
        "two words": None,
        "word": None,
        "//example.org": None,
        "https://": None,
        "https://user@example.org": None,
    }
    assert desk.evaluate(ADDRESSES, list(pairs)) == list(pairs.values())


def test_footnotes_are_numbered_by_their_place_in_the_text(desk):
    open_body(desk, "<p>One two</p>")
    place_caret(desk, "End")
    desk.keyboard.press("Control+Alt+f")
    desk.keyboard.type("Second.")
    desk.locator(".ProseMirror p").first.click(position={"x": 2, "y": 10})
    settle(desk)
    for _letter in "One":
        desk.keyboard.press("ArrowRight")
    settle(desk)
    desk.keyboard.press("Control+Alt+f")
    desk.keyboard.type("First.")

    def mark(n):
        return f'<sup><a href="#note-{n}" id="noteref-{n}">{n}</a></sup>'

    def note(n, words):
        back = f'<a href="#noteref-{n}">↩</a>'
        return f'<li id="note-{n}"><p>{words} {back}</p></li>'

    assert html_of(desk) == (
        f"<p>One{mark(1)} two{mark(2)}</p>"
        f'<ol class="notes">{note(1, "First.")}{note(2, "Second.")}</ol>'
    )


def test_quotation_marks_follow_the_language_of_the_article(desk):
    open_body(desk, "<p></p>")
    place_caret(desk, "End")
    desk.keyboard.type("\"It's\" 'so' -- ok...")
    assert html_of(desk) == "<p>“It’s” ‘so’ – ok…</p>"
    desk.locator("#id_language").fill("de")
    place_caret(desk, "Control+a")
    desk.keyboard.press("Backspace")
    desk.keyboard.type('"So"')
    assert html_of(desk) == "<p>„So“</p>"
    desk.keyboard.press("Backspace")
    assert html_of(desk) == '<p>„So"</p>'


def test_words_are_found_and_replaced_across_formatting(desk):
    open_body(desk, "<p>The <em>Fer</em>ry and a ferry.</p><p>Ferry</p>")
    place_caret(desk, "Control+Home")
    desk.keyboard.press("Control+h")
    desk.get_by_label("Find", exact=True).fill("ferry")
    desk.get_by_text("3 matches").wait_for()
    desk.get_by_label("Replace with").fill("boat")
    desk.get_by_role("button", name="Replace all").click()
    assert html_of(desk) == "<p>The <em>boat</em> and a boat.</p><p>boat</p>"
    desk.keyboard.press("Escape")
    settle(desk)
    desk.keyboard.press("Control+z")
    assert "<em>Fer</em>ry" in html_of(desk)


def test_the_toolbar_is_one_tab_stop_with_at_most_ten_buttons(desk):
    open_body(desk, "<p>Words</p>")
    bar = desk.get_by_role("toolbar", name="Formatting")
    shown = [one for one in bar.get_by_role("button").all() if one.is_visible()]
    assert len(shown) == 10
    assert bar.locator("button[tabindex='0']").count() == 1
    shown[0].focus()
    desk.keyboard.press("ArrowLeft")
    more = desk.get_by_role("button", name="More")
    assert more.evaluate("button => button === document.activeElement")
    desk.keyboard.press("Enter")
    assert more.get_attribute("aria-expanded") == "true"
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("Enter")
    assert html_of(desk) == '<blockquote class="pull"><p>Words</p></blockquote>'


def test_words_are_counted_against_a_target(desk):
    open_body(desk, "<p>Three short words</p>")
    desk.get_by_text("3 words · 1 minute to read").wait_for()
    desk.get_by_label("Target").fill("4")
    place_caret(desk, "End")
    desk.keyboard.type(" more")
    desk.get_by_text("4 of 4 words").wait_for()


def test_a_credit_is_saved_in_the_library(desk, picture):
    open_body(desk, figure_of(picture))
    select_figure(desk)
    credit = desk.get_by_label("Credit (in the library)")
    credit.fill("Ana Ruiz")
    credit.press("Enter")
    desk.get_by_text("The credit is saved in the library.").wait_for()
    picture.refresh_from_db()
    assert picture.credit == "Ana Ruiz"


def test_the_link_box_finds_our_articles(desk):
    there = make_visible_article(title="The ferry returns")
    open_body(desk, "<p>Words</p>")
    place_caret(desk, "Control+a")
    desk.keyboard.press("Control+k")
    field = desk.get_by_role("combobox", name="Title of one of our articles")
    field.fill("ferry")
    desk.get_by_role("option", name="The ferry returns").wait_for()
    field.press("ArrowDown")
    field.press("Enter")
    assert html_of(desk) == f'<p><a href="{there.get_absolute_url()}">Words</a></p>'
    assert desk.complaints == []


def test_several_pictures_keep_their_order_and_survive_a_change_beside_them(desk):
    held, is_open = [], []
    desk.route(
        "**/articles/image/add/",
        lambda route: route.continue_() if is_open else held.append(route),
    )
    open_body(desk, "<p>One.</p><p>Two.</p>")
    place_caret(desk, "End", at=text(desk, "One."))
    paste(desk, files=[picture_file("first.png"), picture_file("second.png")])
    desk.locator(".body-upload").nth(1).wait_for()
    desk.get_by_role("button", name="Heading", exact=True).click()
    expect(desk.locator(".body-upload")).to_have_count(2)
    is_open.append(True)
    held[0].continue_()
    expect(desk.locator(".body-picture")).to_have_count(2)
    newest = list(Image.objects.order_by("pk").values_list("pk", flat=True))
    keys = re.findall(r'data-file="(\d+)"', html_of(desk))
    assert keys == [str(key) for key in newest]
    assert html_of(desk).startswith("<h2>One.</h2><figure>")


def test_saving_waits_for_a_picture_and_stays_when_it_fails(desk):
    open_body(desk, "<p>One.</p>")
    place_caret(desk, "End")
    desk.route("**/articles/image/add/", lambda route: route.abort())
    desk.evaluate("() => { window.here = true; }")
    paste(desk, files=[picture_file()])
    desk.get_by_role("button", name="Publish…").click()
    desk.get_by_role("button", name="Try again").wait_for()
    assert desk.evaluate("() => window.here")
    assert "/steps/" not in desk.url


def test_searching_changes_nothing_and_its_buttons_are_reached_by_keys(desk):
    open_body(desk, "<p>Istanbul</p>")
    place_caret(desk, "Control+Home")
    desk.keyboard.press("Control+h")
    desk.get_by_label("Find", exact=True).fill("İstanbul")
    desk.get_by_label("Find", exact=True).press("Tab")
    desk.keyboard.press("Tab")
    previous = desk.get_by_role("button", name="Previous", exact=True)
    assert previous.evaluate("button => button === document.activeElement")
    assert desk.evaluate("() => !document.querySelector('.editing__state').textContent")
