"""Saving without leaving the page, in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from articles.models import Article, Unsaved
from newsroom.models import StaffSession
from tests.articles.admin.desk import (
    ADD,
    form_of,
    place_caret,
    save,
    settle,
    step_of,
    wait_until_saved,
)
from tests.factories import make_article, make_user, make_visible_article

pytestmark = pytest.mark.browser


@pytest.fixture
def editor(transactional_db):
    return make_user(role="Editors", first_name="Edda")


@pytest.fixture
def desk(editor, open_page):
    return open_page(user=editor)


def body(page):
    return page.get_by_role("textbox", name="Body", exact=True)


def save_by_key(page):
    page.keyboard.press("Control+s")
    wait_until_saved(page)


def test_saving_by_key_keeps_caret_scroll_and_undo(desk):
    paragraphs = "".join(f"<p>Paragraph {number}</p>" for number in range(60))
    article = make_article(body=paragraphs)
    desk.goto(form_of(article))
    place_caret(desk, "End", at=body(desk).get_by_text("Paragraph 40"))
    desk.keyboard.type(" and more")
    written = body(desk).get_by_text("Paragraph 40 and more")
    before = written.bounding_box()
    save_by_key(desk)
    assert desk.evaluate("scrollY") > 0
    # The line with the news above the form may get longer.
    assert abs(written.bounding_box()["y"] - before["y"]) < 2
    article.refresh_from_db()
    assert "<p>Paragraph 40 and more</p>" in article.body
    desk.keyboard.type(", still here")
    expect(body(desk)).to_contain_text("Paragraph 40 and more, still here")
    settle(desk)
    for _ in range(20):
        desk.keyboard.press("Control+z")
    expect(body(desk).get_by_text("Paragraph 40", exact=True)).to_be_visible()
    save_by_key(desk)
    article.refresh_from_db()
    assert article.body == paragraphs
    assert desk.complaints == []


def test_errors_stand_at_their_fields_and_go_when_it_is_saved(desk):
    article = make_article(title="As it was", body="<p>Begun.</p>")
    desk.goto(form_of(article))
    place_caret(desk, "Control+End")
    desk.keyboard.type(" More.")
    desk.get_by_label("Title").fill("")
    desk.get_by_role("button", name="Save", exact=True).click()
    row = desk.locator(".form-row.field-title")
    expect(row.get_by_text("This field is required.")).to_be_visible()
    expect(desk.get_by_label("Title")).to_be_focused()
    expect(desk.get_by_label("Title")).to_have_attribute("aria-invalid", "true")
    assert body(desk).inner_text() == "Begun. More."
    assert Axe().run(desk).response["violations"] == []
    desk.get_by_label("Title").fill("Better")
    save(desk)
    expect(desk.get_by_text("This field is required.")).to_have_count(0)
    article.refresh_from_db()
    assert (article.title, article.body) == ("Better", "<p>Begun. More.</p>")
    assert desk.complaints == []


def test_a_published_article_says_what_readers_see(desk):
    article = make_visible_article(title="As it was")
    desk.goto(form_of(article))
    desk.get_by_label("Title").fill("Better")
    save(desk)
    said = desk.locator(".editing__state")
    expect(said).to_contain_text("Saved. Readers see the last published version.")
    article.refresh_from_db()
    assert article.title == "As it was"


def test_a_new_article_becomes_the_form_of_the_saved_one(desk):
    desk.goto(ADD)
    desk.get_by_label("Title").fill("Breaking")
    place_caret(desk, "Control+End")
    desk.keyboard.type("Just in.")
    save_by_key(desk)
    article = Article.objects.get()
    assert desk.url.endswith(form_of(article))
    desk.keyboard.type(" And more.")
    save_by_key(desk)
    article.refresh_from_db()
    assert article.body == "<p>Just in. And more.</p>"
    assert Article.objects.count() == 1
    # Autosave goes on for the saved article.
    desk.keyboard.type(" Still typing.")
    desk.get_by_text("not saved yet").wait_for()
    assert Unsaved.objects.get().article == article
    assert desk.complaints == []


def test_pressing_save_twice_on_a_new_article_makes_one(desk):
    desk.goto(ADD)
    desk.get_by_label("Title").fill("Breaking")
    button = desk.get_by_role("button", name="Save", exact=True)
    button.dblclick()
    desk.wait_for_url("**/change/")
    save(desk)
    assert Article.objects.count() == 1


def test_a_step_saves_and_opens_its_page(desk):
    article = make_article(title="As it was")
    desk.goto(form_of(article))
    desk.get_by_label("Title").fill("Better")
    desk.get_by_role("button", name="Publish…").click()
    desk.wait_for_url(f"**{step_of(article, 'publish')}")
    article.refresh_from_db()
    assert article.title == "Better"


def test_an_ended_session_keeps_the_words_and_saves_after_signing_in(desk, editor):
    article = make_article(title="As it was")
    desk.goto(form_of(article))
    StaffSession.objects.all().delete()
    desk.get_by_label("Title").fill("Typed")
    desk.get_by_role("button", name="Save", exact=True).click()
    desk.get_by_text("so your text is not saved").wait_for()
    other = desk.context.new_page()
    other.goto("/admin/login/")
    other.get_by_label("Username").fill(editor.username)
    other.get_by_label("Password").fill("correct horse battery")
    other.get_by_role("button", name="Log in").click()
    other.wait_for_url("**/admin/**")
    other.close()
    save(desk)
    article.refresh_from_db()
    assert article.title == "Typed"


def test_leaving_after_a_save_asks_nothing_and_before_it_does(desk):
    asked = []
    desk.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    article = make_article()
    desk.goto(form_of(article))
    place_caret(desk, "Control+End")
    desk.keyboard.type("More.")
    save_by_key(desk)
    desk.goto("/admin/")
    assert asked == []
    desk.goto(form_of(article))
    place_caret(desk, "Control+End")
    desk.keyboard.type("More.")
    desk.goto("/admin/")
    assert asked == ["beforeunload"]


def test_what_others_saved_comes_into_the_form(desk, open_page):
    article = make_article(title="As it was")
    desk.goto(form_of(article))
    bo = open_page(user=make_user(role="Editors", first_name="Bo"))
    bo.goto(form_of(article))
    bo.get_by_label("Standfirst").fill("Theirs")
    save(bo)
    desk.get_by_label("Title").fill("Mine")
    save(desk)
    said = desk.locator(".editing__state")
    expect(said).to_contain_text("saved in the meantime was kept: Standfirst.")
    assert desk.get_by_label("Standfirst").input_value() == "Theirs"
    desk.get_by_label("Title").fill("Mine again")
    save(desk)
    article.refresh_from_db()
    assert (article.title, article.standfirst) == ("Mine again", "Theirs")
