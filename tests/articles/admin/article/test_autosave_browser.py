"""Autosave in real browsers: lost connections, ended sessions, two editors."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from articles.models import Article, Unsaved
from newsroom.models import StaffSession
from tests.articles.admin.desk import ADD, LIST, form_of, place_caret, save, typed
from tests.factories import make_article, make_user

pytestmark = pytest.mark.browser


@pytest.fixture
def editor(transactional_db):
    return make_user(role="Editors", first_name="Edda", last_name="Torres")


@pytest.fixture
def desk(editor, open_page):
    page = open_page(user=editor)
    page.on("dialog", lambda dialog: dialog.accept())
    return page


def body(page):
    editor = page.get_by_role("textbox", name="Body", exact=True)
    editor.wait_for()
    return editor


def write(page, words):
    place_caret(page, "Control+End")
    page.keyboard.type(words)


def press_save(page):
    page.get_by_role("button", name="Save", exact=True).click()


def unplanned(page):
    """The browser's errors, except requests that were meant to fail."""
    return [text for text in page.complaints if "Failed to load resource" not in text]


def test_a_closed_tab_loses_nothing(desk):
    article = make_article(body="<p>Begun.</p>")
    desk.goto(form_of(article))
    write(desk, " And more.")
    desk.get_by_text("not saved yet").wait_for()
    desk.goto(form_of(article))
    assert body(desk).inner_text() == "Begun."
    desk.get_by_role("button", name="Put it into the form").click()
    desk.get_by_text("is in the form. It is not saved yet").wait_for()
    assert body(desk).inner_text() == "Begun. And more."
    save(desk)
    article.refresh_from_db()
    assert article.body == "<p>Begun. And more.</p>"
    assert not Unsaved.objects.exists()
    assert desk.complaints == []


def test_words_typed_without_a_connection_come_back(desk):
    article = make_article(body="<p>Begun.</p>")
    desk.goto(form_of(article))
    body(desk)
    desk.context.set_offline(True)
    write(desk, " Offline.")
    desk.get_by_text("The server cannot be reached").wait_for()
    press_save(desk)
    desk.get_by_text(
        "The server cannot be reached, so your text is not saved"
    ).wait_for()
    desk.close()
    page = desk.context.new_page()
    desk.context.set_offline(False)
    page.goto(form_of(article))
    page.get_by_text("You have unsaved text from").wait_for()
    assert body(page).inner_text() == "Begun."
    page.get_by_role("button", name="Put it into the form").click()
    page.get_by_text("is in the form. It is not saved yet").wait_for()
    assert body(page).inner_text() == "Begun. Offline."
    save(page)
    article.refresh_from_db()
    assert article.body == "<p>Begun. Offline.</p>"
    assert unplanned(desk) == []


def test_when_the_connection_is_back_keeping_goes_on(desk):
    article = make_article(body="<p>Begun.</p>")
    desk.goto(form_of(article))
    body(desk)
    desk.context.set_offline(True)
    write(desk, " Offline.")
    desk.get_by_text("The server cannot be reached").wait_for()
    assert not Unsaved.objects.exists()
    desk.context.set_offline(False)
    desk.get_by_text("not saved yet").wait_for()
    assert Unsaved.objects.get().typed["body"] == "<p>Begun. Offline.</p>"


def test_an_ended_session_is_said_and_after_signing_in_elsewhere_all_goes_on(
    desk, editor
):
    article = make_article(title="As it was")
    desk.goto(form_of(article))
    StaffSession.objects.all().delete()
    desk.get_by_label("Title").fill("Typed")
    desk.get_by_text("You are no longer signed in").wait_for()
    other = desk.context.new_page()
    other.goto("/admin/login/")
    other.get_by_label("Username").fill(editor.username)
    other.get_by_label("Password").fill("correct horse battery")
    other.get_by_role("button", name="Log in").click()
    other.wait_for_url("**/admin/**")
    other.close()
    desk.get_by_text("not saved yet").wait_for()
    save(desk)
    article.refresh_from_db()
    assert article.title == "Typed"


def test_a_deleted_article_leaves_the_words_on_the_screen(desk):
    article = make_article()
    desk.goto(form_of(article))
    article.delete()
    desk.get_by_label("Title").fill("Typed")
    desk.get_by_text("This article no longer exists").wait_for()
    assert desk.get_by_label("Title").input_value() == "Typed"


def test_a_new_article_is_kept_on_the_server_from_its_first_words(desk):
    desk.goto(ADD)
    desk.get_by_label("Title").fill("Breaking")
    write(desk, "Just in.")
    desk.get_by_text("not saved yet").wait_for()
    assert not Article.objects.exists()
    desk.goto(ADD)
    desk.get_by_role("button", name="Put it into the form").click()
    desk.get_by_text("is in the form. It is not saved yet").wait_for()
    assert desk.get_by_label("Title").input_value() == "Breaking"
    assert body(desk).inner_text() == "Just in."
    save(desk)
    assert Article.objects.get().title == "Breaking"
    assert not Unsaved.objects.exists()
    desk.goto(ADD)
    body(desk)
    assert desk.get_by_text("You have unsaved text").count() == 0
    assert desk.complaints == []


def test_two_browsers_see_each_other_and_settle_a_conflict(desk, open_page):
    article = make_article(title="As it was", body="<p>I go home.</p>")
    bo = open_page(user=make_user(role="Editors", first_name="Bo"))
    desk.goto(form_of(article))
    bo.goto(form_of(article))
    bo.get_by_label("Title").fill("Theirs")
    write(bo, " Bo was here.")
    bo.get_by_text("not saved yet").wait_for()
    desk.get_by_text("is editing, last change").wait_for()
    save(bo)
    desk.get_by_label("Title").fill("Mine")
    write(desk, " Edda was here.")
    press_save(desk)
    desk.get_by_role(
        "heading", name="Conflict: two people changed the same parts"
    ).wait_for()
    words = desk.get_by_role("region", name="Differences: Body")
    assert words.locator("ins").first.inner_text() == "Bo"
    parts = desk.locator(".conflict")
    parts.filter(has_text="Title").get_by_role("button", name="Use theirs").click()
    assert desk.locator("#id_title").input_value() == "Theirs"
    paragraph = parts.filter(has_text="Body, paragraph 1")
    paragraph.get_by_label("The other version").check()
    assert body(desk).inner_text() == "I go home. Bo was here."
    paragraph.get_by_label("Your version, as in the form").check()
    assert body(desk).inner_text() == "I go home. Edda was here."
    save(desk)
    article.refresh_from_db()
    assert article.title == "Theirs"
    assert article.body == "<p>I go home. Edda was here.</p>"
    assert desk.complaints == []


def test_without_javascript_words_come_back_and_a_conflict_is_settled(
    editor, open_page
):
    article = make_article(title="As it was")
    Unsaved.objects.store(article, typed(article, title="Mine"), by=editor)
    page = open_page(user=editor, java_script_enabled=False)
    page.goto(form_of(article))
    page.get_by_role("link", name="View", exact=True).click()
    page.get_by_role("button", name="Put it into the form").click()
    assert page.get_by_label("Title").input_value() == "Mine"
    other = open_page(user=make_user(role="Editors"), java_script_enabled=False)
    other.goto(form_of(article))
    other.get_by_label("Title").fill("Theirs")
    press_save(other)
    press_save(page)
    page.get_by_label("The other version", exact=True).check()
    press_save(page)
    page.wait_for_url(f"**{LIST}")
    article.refresh_from_db()
    assert article.title == "Theirs"


@pytest.mark.parametrize(("width", "colours"), [(320, "dark"), (1440, "light")])
def test_axe_finds_nothing_on_an_offer_and_a_conflict(
    editor, open_page, width, colours
):
    page = open_page(
        user=editor, viewport={"width": width, "height": 900}, color_scheme=colours
    )
    page.on("dialog", lambda dialog: dialog.accept())
    article = make_article(title="As it was", body="<p>Long words.</p>")
    other = make_user(role="Editors", first_name="Bo")
    for user in (editor, other):
        Unsaved.objects.store(article, typed(article, title="x"), by=user)
    page.goto(reverse("admin:articles_article_unsaved", args=[article.pk]))
    check(page, width)
    page.goto(form_of(article))
    body(page)
    check(page, width)
    second = open_page(user=other)
    second.goto(form_of(article))
    second.get_by_label("Title").fill("Theirs")
    write(second, "x" * 200)
    save(second)
    page.get_by_label("Title").fill("Mine")
    write(page, " More.")
    press_save(page)
    page.get_by_role(
        "heading", name="Conflict: two people changed the same parts"
    ).wait_for()
    body(page)
    page.get_by_text("The other version in full").first.click()
    check(page, width)


def check(page, width):
    found = Axe().run(page).response["violations"]
    assert [
        (rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found
    ] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
