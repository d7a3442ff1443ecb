"""The rule for copies of unsaved text, with two real tabs of one browser."""

import pytest

from articles.models import Article, Revision, Unsaved
from newsroom.models import StaffSession
from tests.articles.admin.desk import ADD, form_of, place_caret, save, typed
from tests.factories import make_article, make_user

pytestmark = pytest.mark.browser


@pytest.fixture
def editor(transactional_db):
    return make_user(role="Editors", first_name="Edda")


@pytest.fixture
def desk(editor, open_page):
    page = open_page(user=editor)
    page.on("dialog", lambda dialog: dialog.accept())
    return page


def tab_beside(page):
    """A second tab of the same browser."""
    other = page.context.new_page()
    other.on("dialog", lambda dialog: dialog.accept())
    return other


def type_title(page, words):
    page.get_by_label("Title").fill(words)
    page.get_by_text("not saved yet").wait_for()


def take(page):
    page.get_by_role("button", name="Put it into the form").first.click()
    page.get_by_text("is in the form. It is not saved yet").wait_for()


def sign_in(page, user):
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Log in").click()


def test_after_an_ended_session_the_newest_words_come_first_and_none_are_lost(
    desk, editor
):
    article = make_article(title="As it was", body="<p>Begun.</p>")
    article.keep_revision()
    other = tab_beside(desk)
    other.goto(form_of(article))
    type_title(other, "Older, from the other tab")
    other.close()
    desk.goto(form_of(article))
    StaffSession.objects.all().delete()
    desk.get_by_label("Title").fill("Newest")
    desk.get_by_role("button", name="Save", exact=True).click()
    desk.get_by_text("so your text is not saved").wait_for()
    assert desk.get_by_label("Title").input_value() == "Newest"
    desk.reload()
    sign_in(desk, editor)
    desk.get_by_text("1 older unsaved text").wait_for()
    desk.get_by_text("1 older unsaved text").click()
    older = desk.locator(".copies__older")
    older.get_by_role("button", name="Put it into the form").click()
    desk.get_by_text("is in the form. It is not saved yet").wait_for()
    assert desk.get_by_label("Title").input_value() == "Older, from the other tab"
    kept = Revision.objects.get(kind=Revision.Kind.KEPT)
    assert kept.content["title"] == "Newest"


def test_while_an_old_copy_waits_new_writing_is_kept(desk, editor):
    article = make_article(title="As it was")
    Unsaved.objects.store(article, typed(article, title="Before"), by=editor)
    desk.goto(form_of(article))
    type_title(desk, "Now")
    titles = [copy.title for copy in Unsaved.objects.newest_first()]
    assert titles == ["Now", "Before"]


def test_two_tabs_do_not_overwrite_each_other(desk):
    article = make_article(title="As it was")
    other = tab_beside(desk)
    desk.goto(form_of(article))
    other.goto(form_of(article))
    type_title(desk, "First tab")
    type_title(other, "Second tab")
    titles = [copy.title for copy in Unsaved.objects.newest_first()]
    assert titles == ["Second tab", "First tab"]


def test_two_tabs_without_a_connection_do_not_overwrite_each_other(desk):
    article = make_article(title="As it was")
    other = tab_beside(desk)
    for page in (desk, other):
        page.goto(form_of(article))
        page.get_by_role("textbox", name="Body", exact=True).wait_for()
    desk.context.set_offline(True)
    for page, words in ((desk, "First tab"), (other, "Second tab")):
        page.get_by_label("Title").fill(words)
        page.get_by_text("The server cannot be reached").wait_for()
        page.close()
    page = desk.context.new_page()
    desk.context.set_offline(False)
    page.goto(form_of(article))
    page.get_by_text("1 older unsaved text").wait_for()
    titles = [copy.title for copy in Unsaved.objects.newest_first()]
    assert titles == ["Second tab", "First tab"]
    names = page.evaluate("Object.keys(localStorage)")
    assert [name for name in names if name.startswith("desk:copy")] == []


def test_two_new_articles_in_two_tabs_stay_two(desk):
    other = tab_beside(desk)
    desk.goto(ADD)
    other.goto(ADD)
    type_title(desk, "One")
    type_title(other, "Two")
    titles = [copy.title for copy in Unsaved.objects.newest_first()]
    assert titles == ["Two", "One"]
    save(desk)
    save(other)
    articles = Article.objects.order_by("id").values_list("title", flat=True)
    assert list(articles) == ["One", "Two"]


def test_taking_a_copy_keeps_what_is_on_the_screen(desk, editor):
    article = make_article(title="As it was", body="<p>Begun.</p>")
    article.keep_revision()
    Unsaved.objects.store(article, typed(article, title="Before"), by=editor)
    desk.goto(form_of(article))
    place_caret(desk, "Control+End")
    desk.keyboard.type(" On the screen.")
    take(desk)
    assert desk.get_by_label("Title").input_value() == "Before"
    kept = Revision.objects.get(kind=Revision.Kind.KEPT)
    assert kept.content["body"] == "<p>Begun. On the screen.</p>"
    assert desk.complaints == []


def test_without_javascript_a_copy_is_taken_and_the_screen_is_kept(editor, open_page):
    article = make_article(title="As it was")
    article.keep_revision()
    Unsaved.objects.store(article, typed(article, title="Before"), by=editor)
    page = open_page(user=editor, java_script_enabled=False)
    page.goto(form_of(article))
    page.get_by_label("Title").fill("On the screen")
    take(page)
    assert page.get_by_label("Title").input_value() == "Before"
    kept = Revision.objects.get(kind=Revision.Kind.KEPT)
    assert kept.content["title"] == "On the screen"


def test_what_was_kept_before_forms_had_keys_comes_back(desk, editor):
    article = make_article(title="As it was")
    address = form_of(article)
    old = f"""localStorage.setItem("desk:kept:{editor.pk}:{address}",
        JSON.stringify({{at: Date.now() - 5000, typed: [["title", "Kept before"]]}}))"""
    desk.goto("/admin/")
    desk.evaluate(old)
    desk.goto(address)
    desk.get_by_text("You have unsaved text from").wait_for()
    take(desk)
    assert desk.get_by_label("Title").input_value() == "Kept before"
