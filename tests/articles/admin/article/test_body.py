"""The body of an article in a form without scripts."""

from pytest_django.asserts import assertContains

from articles.models import Article
from tests.articles.admin.desk import ADD, form_of, typed
from tests.factories import make_article


def test_plain_text_with_blank_lines_becomes_paragraphs(desk):
    desk.post(ADD, typed(body="First line\r\nsecond line\r\n\r\nNext <b>thing</b>\r\n"))
    assert Article.objects.get().body == (
        "<p>First line<br>second line</p><p>Next <strong>thing</strong></p>"
    )


def test_text_between_tags_becomes_paragraphs_too(desk):
    desk.post(ADD, typed(body="Before\n\nThen\n<h2>Why</h2>\nAfter"))
    assert Article.objects.get().body == (
        '<p>Before</p><p>Then</p><h2 id="s-why">Why</h2><p>After</p>'
    )


def test_paragraphs_stand_apart_in_the_textarea(desk):
    article = make_article(body="<p>One</p><p>Two</p><ul><li>a</li><li>b</li></ul>")
    page = desk.get(form_of(article))
    shown = "\n\n".join(
        ["&lt;p&gt;One&lt;/p&gt;", "&lt;p&gt;Two&lt;/p&gt;", "&lt;ul&gt;"]
    )
    assertContains(page, shown)
    assertContains(page, "\n&lt;li&gt;b&lt;/li&gt;\n&lt;/ul&gt;</textarea>")


def test_a_form_that_comes_back_with_errors_shows_the_paragraphs(desk):
    page = desk.post(ADD, typed(title="", body="One\n\nTwo"))
    assertContains(page, "&lt;p&gt;One&lt;/p&gt;\n\n&lt;p&gt;Two&lt;/p&gt;")


def test_saving_the_textarea_as_it_is_changes_nothing(desk):
    body = "<p>One</p>\n<p>Two</p>\n\n<ul>\n  <li>a</li></ul>"
    article = make_article(body=body)
    shown = desk.get(form_of(article)).context["adminform"].form["body"]
    shown = shown.field.widget.format_value(shown.value())
    desk.post(form_of(article), typed(article, body=shown, title="Other"))
    article.refresh_from_db()
    assert (article.title, article.body) == ("Other", body)
