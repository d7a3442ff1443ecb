"""Writing a comment in a real browser, with JavaScript on one page and without it on several."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from comments.models import Comment
from tests.factories import make_shown_comment, make_visible_article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 844}
SMALL_PHONE = {"width": 320, "height": 700}
DESK = {"width": 1440, "height": 900}
WORDS = "> Does it?\nIt *does*: https://example.org/a_b.\n\nRun `make`."
DRAFTS = "Object.keys(localStorage).filter(key => key.startsWith('draft:')).length"


@pytest.fixture
def article():
    return make_visible_article()


@pytest.fixture
def root(article):
    return make_shown_comment(article=article, name="Ana", body="What was *said*.")


@pytest.fixture(autouse=True)
def _no_page_kept(settings):
    settings.PAGE_CACHE_SECONDS = 0


def body(page):
    return page.locator("#id_body")


def post(page):
    page.get_by_role("button", name="Post comment").click()


def preview(page):
    page.get_by_role("button", name="Preview").click()


def write(page, *, name="Inés Ó", words=WORDS):
    page.get_by_label("Name").fill(name)
    body(page).fill(words)


def html_of(page, selector):
    return page.locator(f"{selector} .comment__body").inner_html()


def was_taken(page):
    expect(page).to_have_url(re.compile("/comments/mine/"))
    page.wait_for_load_state()


# The draft


def test_a_draft_survives_a_reload_and_ends_with_the_comment(article, open_page):
    page = open_page()
    page.goto(article.get_absolute_url())
    write(page)
    page.get_by_label("Email (optional)").fill("ines@example.org")
    page.get_by_label("Email me when").check()
    page.goto("/")
    page.goto(article.get_absolute_url())
    expect(body(page)).to_have_value(WORDS)
    expect(page.get_by_label("Name")).to_have_value("Inés Ó")
    expect(page.get_by_label("Email (optional)")).to_have_value("ines@example.org")
    expect(page.get_by_label("Email me when")).to_be_checked()
    expect(page.get_by_role("status").first).to_contain_text("was restored")
    post(page)
    was_taken(page)
    assert Comment.objects.get().notify
    assert page.evaluate(DRAFTS) == 0
    page.goto(article.get_absolute_url())
    expect(body(page)).to_have_value("")
    assert page.complaints == []


def test_a_draft_stays_when_the_comment_was_not_taken(article, open_page):
    page = open_page()
    page.goto(article.get_absolute_url())
    write(page, name="")
    post(page)
    expect(page.get_by_role("alert")).to_contain_text("Enter the name")
    assert page.evaluate(DRAFTS) == 1
    page.goto(article.get_absolute_url())
    expect(body(page)).to_have_value(WORDS)


def test_another_private_page_ends_no_draft(article, open_page):
    page = open_page()
    page.goto(article.get_absolute_url())
    write(page, words="The first.")
    post(page)
    was_taken(page)
    private_page = page.url
    page.goto(article.get_absolute_url())
    write(page, name="")
    post(page)
    expect(page.get_by_role("alert")).to_be_focused()
    page.goto(private_page)
    page.goto(article.get_absolute_url())
    expect(body(page)).to_have_value(WORDS)


def test_a_draft_stays_when_nothing_answers(article, open_page):
    page = open_page()
    page.goto(article.get_absolute_url())
    write(page)
    page.route("**/comments/", lambda route: route.abort())
    post(page)
    page.unroute("**/comments/")
    page.goto(article.get_absolute_url())
    expect(body(page)).to_have_value(WORDS)


def test_a_draft_can_be_discarded(article, open_page):
    page = open_page()
    page.goto(article.get_absolute_url())
    write(page)
    page.reload()
    page.get_by_role("button", name="Discard").click()
    expect(body(page)).to_have_value("")
    expect(body(page)).to_be_focused()
    assert page.evaluate(DRAFTS) == 0


def test_each_article_has_a_draft_of_its_own(article, open_page):
    page = open_page()
    page.goto(article.get_absolute_url())
    write(page)
    page.goto(make_visible_article().get_absolute_url())
    expect(body(page)).to_have_value("")


def test_what_is_older_than_a_month_is_forgotten(article, open_page):
    page = open_page()
    page.goto(article.get_absolute_url())
    write(page)
    page.evaluate(
        "for (const key of Object.keys(localStorage)) localStorage[key] ="
        ' localStorage[key].replace(/"at":\\d+/, \'"at":\' + (Date.now() - 31 * 864e5))'
    )
    page.goto("/")
    page.goto(article.get_absolute_url())
    expect(body(page)).to_have_value("")
    assert page.evaluate(DRAFTS) == 0


def test_where_storage_is_refused_everything_else_works(article, root, open_page):
    page = open_page()
    page.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, name, { get() { throw new DOMException('no') } })"
    )
    page.goto(article.get_absolute_url())
    write(page, words="My own comment")
    page.get_by_role("link", name="Reply to Ana").click()
    expect(body(page)).to_have_value("")
    body(page).fill("My answer")
    page.keyboard.press("Escape")
    expect(body(page)).to_have_value("My own comment")
    post(page)
    was_taken(page)
    assert page.complaints == []


# The answer in its place


def test_an_answer_is_written_at_the_comment_it_answers(article, root, open_page):
    make_shown_comment(article=article, name="Ben")
    page = open_page()
    page.goto(article.get_absolute_url())
    address = page.url
    page.get_by_role("link", name="Reply to Ana").press("Enter")
    expect(body(page)).to_be_focused()
    assert page.url == address
    form = page.locator(f"#comment-{root.pk} > .writing form")
    expect(form).to_contain_text("Your reply to Ana")
    write(page, words="Mine.")
    post(page)
    was_taken(page)
    assert Comment.objects.get(body="Mine.").parent == root
    assert page.evaluate(DRAFTS) == 0
    assert page.complaints == []


@pytest.mark.parametrize("way", ["Escape", "Cancel"])
def test_a_way_back_keeps_the_words(article, root, open_page, way):
    page = open_page()
    page.goto(article.get_absolute_url())
    reply = page.get_by_role("link", name="Reply to Ana")
    reply.click()
    write(page, words="Half an answer")
    if way == "Escape":
        page.keyboard.press("Escape")
    else:
        page.get_by_role("button", name="Cancel").click()
    expect(reply).to_be_focused()
    expect(page.locator(f"#comment-{root.pk} form")).to_have_count(0)
    expect(body(page)).to_have_value("Half an answer")
    reply.click()
    expect(body(page)).to_have_value("Half an answer")


def test_every_place_keeps_its_words(article, root, open_page):
    other = make_shown_comment(article=article, name="Ben")
    page = open_page()
    page.goto(article.get_absolute_url())
    write(page, words="My own")
    page.get_by_role("link", name="Reply to Ana").click()
    expect(body(page)).to_have_value("")
    body(page).fill("To Ana")
    page.get_by_role("link", name="Reply to Ben").click()
    expect(page.locator(f"#comment-{other.pk} form")).to_be_visible()
    body(page).fill("To Ben")
    page.get_by_role("button", name="Write a new comment instead").click()
    expect(body(page)).to_have_value("My own")
    page.reload()
    expect(body(page)).to_have_value("My own")
    page.get_by_role("link", name="Reply to Ana").click()
    expect(body(page)).to_have_value("To Ana")
    post(page)
    expect(page.get_by_role("alert")).to_have_count(0)
    was_taken(page)
    assert Comment.objects.get(body="To Ana").parent == root
    assert page.evaluate(DRAFTS) == 2


def test_what_came_back_without_a_place_is_a_comment_of_its_own(
    article, root, open_page
):
    page = open_page()
    page.goto(article.get_absolute_url())
    page.get_by_role("link", name="Reply to Ana").click()
    write(page, words="Mine.")
    page.keyboard.press("Escape")
    post(page)
    was_taken(page)
    assert Comment.objects.get(body="Mine.").parent is None


def test_a_click_for_a_new_tab_opens_one(article, root, open_page):
    page = open_page()
    page.goto(article.get_absolute_url())
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Reply to Ana").click(modifiers=["Control"])
    expect(opened.value).to_have_url(re.compile(rf"reply={root.pk}"))
    expect(page.locator(f"#comment-{root.pk} form")).to_have_count(0)


# The preview in its place


@pytest.mark.parametrize("javascript", [True, False])
def test_what_is_previewed_is_what_is_shown_later(
    article, root, open_page, client, javascript
):
    page = open_page(java_script_enabled=javascript, viewport=DESK)
    page.goto(article.get_absolute_url())
    address = page.url
    page.get_by_role("link", name="Reply to Ana").click()
    write(page)
    preview(page)
    shown = page.locator(".preview")
    expect(shown).to_contain_text("Inés Ó")
    expect(shown).to_contain_text("To Ana: What was said.")
    expect(shown.locator("blockquote")).to_have_text("Does it?")
    assert (page.url == address) is javascript
    assert not Comment.objects.exclude(pk=root.pk).exists()
    form, beside = page.locator(".writing form").bounding_box(), shown.bounding_box()
    assert form["x"] + form["width"] <= beside["x"]
    promised = html_of(page, ".preview")
    post(page)
    was_taken(page)
    assert html_of(page, "main") == promised
    comment = Comment.objects.get(parent=root)
    comment.approve()
    page.goto(comment.get_absolute_url())
    assert html_of(page, f"#comment-{comment.pk}") == promised


def test_the_preview_takes_the_focus_and_the_words_stay(article, open_page):
    page = open_page(viewport=PHONE)
    page.goto(article.get_absolute_url())
    write(page)
    preview(page)
    expect(page.locator(".preview")).to_be_focused()
    expect(page.locator(".preview")).to_be_in_viewport()
    above, below = (
        page.locator(f".writing > {part}").bounding_box()["y"]
        for part in [".preview", "form"]
    )
    assert above < below
    expect(body(page)).to_have_value(WORDS)
    body(page).fill("Better words")
    preview(page)
    expect(page.locator(".preview .comment__body")).to_have_text("Better words")
    expect(page.locator(".preview")).to_have_count(1)
    assert page.complaints == []


def test_errors_come_to_the_form_and_take_the_focus(article, root, open_page):
    page = open_page()
    page.goto(article.get_absolute_url())
    page.get_by_role("link", name="Reply to Ana").click()
    write(page, name="")
    page.get_by_label("Email me when").check()
    preview(page)
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_count(2)
    expect(page.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Name")).to_have_accessible_description(
        re.compile("Enter the name")
    )
    expect(page.locator(f"#comment-{root.pk} .form__error")).to_have_count(2)
    summary.get_by_role("link").first.click()
    expect(page.get_by_label("Name")).to_be_focused()
    expect(body(page)).to_have_value(WORDS)
    page.get_by_label("Name").fill("Inés")
    page.get_by_label("Email me when").uncheck()
    preview(page)
    expect(page.locator(".preview")).to_be_focused()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator(".form__error")).to_have_count(0)
    expect(page.get_by_label("Name")).not_to_have_attribute("aria-invalid", "true")


@pytest.mark.parametrize("javascript", [True, False])
def test_errors_of_a_comment_that_was_sent_take_the_focus(
    article, open_page, javascript
):
    page = open_page(java_script_enabled=javascript)
    page.goto(article.get_absolute_url())
    write(page, name="")
    post(page)
    expect(page.get_by_role("alert")).to_be_focused()
    expect(body(page)).to_have_value(WORDS)


def test_where_the_preview_does_not_come_the_form_is_sent(article, open_page):
    page = open_page()
    page.goto(article.get_absolute_url())
    write(page)
    fetched = []

    def fail_once(route):
        if route.request.resource_type == "fetch":
            fetched.append(route)
            route.abort()
        else:
            route.continue_()

    page.route("**/comments/", fail_once)
    preview(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Preview of your comment")
    assert len(fetched) == 1
    expect(body(page)).to_have_value(WORDS)


def test_who_answers_what_went_meanwhile_gets_every_word_back(article, root, open_page):
    page = open_page()
    page.goto(article.get_absolute_url())
    page.get_by_role("link", name="Reply to Ana").click()
    write(page)
    root.reject()
    preview(page)
    expect(page.get_by_role("alert")).to_contain_text("is no longer on the page")
    expect(body(page)).to_have_value(WORDS)
    post(page)
    was_taken(page)
    assert Comment.objects.get(name="Inés Ó").parent is None


# The tick


@pytest.mark.parametrize("viewport", [SMALL_PHONE, DESK], ids=["small", "desk"])
def test_the_tick_stands_in_a_square(article, open_page, viewport):
    page = open_page(viewport=viewport)
    page.goto(article.get_absolute_url())
    box = page.get_by_label("Email me when").bounding_box()
    assert box["width"] == box["height"] == 20


# The limit


def test_the_counter_comes_with_the_limit_and_cuts_nothing(article, open_page):
    page = open_page()
    page.goto(article.get_absolute_url())
    counter = page.locator("#id_body ~ .form__counter")
    body(page).fill("b" * 3999)
    expect(counter).to_be_hidden()
    # One visible character counts as one.
    body(page).fill("b" * 3949 + "👩‍👩‍👧‍👦" * 1001)
    expect(counter).to_have_text("4,950 of 5,000 characters")
    expect(counter).not_to_have_class(re.compile("over"))
    expect(page.locator("#id_body ~ [role=status]")).to_have_text(
        "4,950 of 5,000 characters"
    )
    body(page).fill("b" * 5012)
    expect(counter).to_have_text("5,012 of 5,000 characters: 12 too many")
    expect(counter).to_have_class(re.compile("over"))
    assert len(body(page).input_value()) == 5012
    page.get_by_label("Name").fill("n" * 81)
    expect(page.locator("#id_name ~ .form__counter")).to_have_text(
        "81 of 80 characters: 1 too many"
    )


# Once


# The event of a pressed button; true if the browser would send the form.
PRESS = """() => document.querySelector(".writing form").dispatchEvent(
    new SubmitEvent("submit", { cancelable: true })
)"""
# The event when the browser's back button returns to the page.
CAME_BACK = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"


def test_a_second_press_sends_nothing_until_one_is_back(article, open_page):
    page = open_page()
    page.goto(article.get_absolute_url())
    assert [page.evaluate(PRESS) for _ in range(3)] == [True, False, False]
    page.evaluate(CAME_BACK)
    assert page.evaluate(PRESS)


def test_the_way_back_leads_to_a_form_that_can_be_sent(article, open_page):
    page = open_page()
    page.goto(article.get_absolute_url())
    for words in ["One.", "Another one."]:
        write(page, words=words)
        post(page)
        was_taken(page)
        page.go_back()
    assert Comment.objects.count() == 2


# For everybody


def test_with_the_keyboard_alone_and_without_javascript(article, root, open_page):
    page = open_page(java_script_enabled=False, viewport=PHONE)
    page.goto(article.get_absolute_url())
    page.get_by_role("link", name="Reply to Ana").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".form__answered")).to_contain_text("What was said.")
    page.get_by_label("Name").focus()
    for typed in ["Inés Ó", "", " ", "Only *keys*."]:
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    expect(page.get_by_label("Email me when")).to_be_checked()
    page.keyboard.press("Tab")  # past the rules
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Preview")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Enter the address")
    page.get_by_label("Email me when").uncheck()
    preview(page)
    expect(page.locator(".preview em")).to_have_text("keys")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("button", name="Post comment").press("Enter")
    was_taken(page)
    assert Comment.objects.get(name="Inés Ó").parent == root
    assert page.context.cookies() == []


@pytest.mark.parametrize(
    ("viewport", "scheme"),
    [(SMALL_PHONE, "light"), (DESK, "dark")],
    ids=["phone-light", "desk-dark"],
)
def test_axe_finds_nothing_and_nothing_scrolls_sideways_while_one_writes(
    article, root, open_page, viewport, scheme
):
    make_shown_comment(parent=root, name="Ben")
    page = open_page(viewport=viewport, color_scheme=scheme)
    page.goto(article.get_absolute_url())
    states = []

    def look():
        found = Axe().run(page).response["violations"]
        states.append([(v["id"], v["nodes"][0]["html"][:90]) for v in found])
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= viewport["width"]

    write(page, words="w" * 4500)
    page.reload()
    look()
    page.get_by_role("link", name="Reply to Ben").click()
    write(page, name="")
    preview(page)
    expect(page.get_by_role("alert")).to_be_focused()
    look()
    write(page)
    preview(page)
    expect(page.locator(".preview")).to_be_focused()
    look()
    assert states == [[], [], []]
