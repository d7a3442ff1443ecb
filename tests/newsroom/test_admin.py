import pytest
from django.contrib.flatpages.models import FlatPage
from django.contrib.messages import get_messages
from django.db import connection
from django.forms import modelform_factory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from comments.models import Thread
from newsroom.admin import ThreadForm
from tests.articles.desk import LIST, form_of, typed
from tests.factories import (
    make_article,
    make_comment,
    make_shown_comment,
    make_user,
    make_visible_article,
)

PAGES = reverse("admin:flatpages_flatpage_changelist")
ADD_PAGE = reverse("admin:flatpages_flatpage_add")


def page_form(page):
    return reverse("admin:flatpages_flatpage_change", args=[page.pk])


@pytest.fixture
def desk(client, db):
    client.force_login(make_user(role="Editors"))
    return client


# The article and its conversation


def test_the_list_shows_how_many_comments_readers_see(desk, client):
    article = make_shown_comment().article
    make_visible_article()
    page = desk.get(LIST).content.decode()
    assert '<td class="field-comments_shown">1</td>' in page
    assert '<td class="field-comments_shown">0</td>' in page
    client.force_login(make_user(role="Moderators"))
    page = client.get(LIST).content.decode()
    assert f"?status=all&amp;article__id__exact={article.pk}" in page


def test_the_link_of_the_list_leads_to_the_articles_comments(client, db):
    shown = make_shown_comment()
    make_shown_comment()
    client.force_login(make_user(role="Moderators"))
    page = client.get(
        reverse("admin:comments_comment_changelist"),
        {"status": "all", "article__id__exact": shown.article.pk},
    )
    assert list(page.context["cl"].result_list) == [shown]


def test_comments_cost_the_list_no_queries(desk):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            desk.get(LIST)
        return len(captured)

    make_shown_comment()
    desk.get(LIST)
    one = queries()
    for _ in range(8):
        make_shown_comment()
    assert queries() == one


def test_an_editor_closes_the_conversation_beside_the_article(desk):
    article = make_visible_article()
    sent = typed(article) | {
        "thread-TOTAL_FORMS": "1",
        "thread-0-policy": "closed",
        "thread-0-closes_at_0": "",
        "thread-0-closes_at_1": "",
    }
    assert desk.post(form_of(article), sent).status_code == 302
    thread = Thread.objects.get(article=article)
    assert thread.is_closed
    sent |= {
        "thread-INITIAL_FORMS": "1",
        "thread-0-id": thread.pk,
        "thread-0-article": article.pk,
        "thread-0-policy": "held",
    }
    assert desk.post(form_of(article), sent).status_code == 302
    thread.refresh_from_db()
    assert thread.policy == "held"


def test_a_conversation_closes_at_no_time_that_cannot_be_kept(desk):
    article = make_visible_article()
    sent = typed(article) | {
        "thread-TOTAL_FORMS": "1",
        "thread-0-policy": "open",
        "thread-0-closes_at_0": "9999-12-31",
        "thread-0-closes_at_1": "23:59",
    }
    assertContains(desk.post(form_of(article), sent), "Look at the year again")
    assert not Thread.objects.exists()


def test_a_conversation_begun_meanwhile_is_the_one_that_an_editor_closes(desk):
    comment = make_comment()
    article = comment.article
    # The form was opened before anybody had decided on a comment.
    comment.approve()
    sent = typed(article, title="New words") | {
        "thread-TOTAL_FORMS": "1",
        "thread-0-policy": "closed",
        "thread-0-closes_at_0": "",
        "thread-0-closes_at_1": "",
    }
    assert desk.post(form_of(article), sent).status_code == 302
    thread = Thread.objects.get(article=article)
    assert (thread.policy, thread.shown_count) == ("closed", 1)


def test_an_editor_who_closes_a_conversation_does_not_turn_its_count_back(db):
    comment = make_comment()
    opened = Thread.objects.of(comment.article)
    comment.approve()
    kind = modelform_factory(Thread, ThreadForm, fields=["policy", "closes_at"])
    form = kind({"policy": "closed"}, instance=opened)
    assert form.is_valid()
    form.save()
    thread = Thread.objects.get()
    assert (thread.policy, thread.shown_count) == ("closed", 1)


def test_saving_an_article_makes_no_conversation_by_itself(desk):
    article = make_visible_article()
    sent = typed(article) | {
        "thread-TOTAL_FORMS": "1",
        "thread-0-policy": "open",
        "thread-0-closes_at_0": "",
        "thread-0-closes_at_1": "",
    }
    assert desk.post(form_of(article), sent).status_code == 302
    assert not Thread.objects.exists()


def test_a_writer_says_nothing_about_the_conversation(client, db):
    writer = make_user(role="Writers")
    article = make_article(created_by=writer)
    client.force_login(writer)
    assert "thread-TOTAL_FORMS" not in client.get(form_of(article)).content.decode()
    sent = typed(article) | {"thread-TOTAL_FORMS": "1", "thread-0-policy": "closed"}
    client.post(form_of(article), sent)
    assert not Thread.objects.exists()


# Pages


def test_an_editor_makes_a_page_that_readers_find(desk, client):
    response = desk.post(
        ADD_PAGE,
        {
            "title": "Contact",
            "url": "/about/contact/",
            "content": "<h2>Write</h2><script>x()</script><p>us</p>",
        },
    )
    assert response.status_code == 302
    page = FlatPage.objects.get(url="/about/contact/")
    assert page.content == '<h2 id="s-write">Write</h2><p>us</p>'
    client.logout()
    assert "<p>us</p>" in client.get("/about/contact/").content.decode()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("/tags/", "belongs to another page"),
        ("/admin/", "belongs to another page"),
        ("/about/", "There is a page at /about/ already"),
        ("about", "leading slash"),
        ("/a//b/", "Write the address as"),
        ("/", "Write the address as"),
        ("/x y/", "must contain only"),
    ],
)
def test_a_page_takes_no_address_that_is_taken_or_none(desk, url, sentence):
    before = FlatPage.objects.count()
    page = desk.post(ADD_PAGE, {"title": "Kept", "url": url, "content": "<p>x</p>"})
    html = page.content.decode()
    assert sentence in html
    assert 'value="Kept"' in html
    assert FlatPage.objects.count() == before


def test_pages_lead_to_their_neighbours_and_to_the_site(desk):
    page = FlatPage.objects.get(url="/rules/")
    form = desk.get(page_form(page)).content.decode()
    assert 'class="neighbours"' in form
    assert 'href="/rules/"' in form
    response = desk.post(
        page_form(page),
        {"title": "Rules", "url": "/rules/", "content": "<p>Be kind.</p>"},
    )
    assert response.url == PAGES
    assert "was changed" in str(next(iter(get_messages(response.wsgi_request))))
    assert desk.get("/rules/").status_code == 200


@pytest.mark.parametrize("role", ["Writers", "Moderators"])
def test_only_editors_write_pages(client, db, role):
    client.force_login(make_user(role=role))
    page = FlatPage.objects.get(url="/rules/")
    for address in (PAGES, ADD_PAGE, page_form(page)):
        assert client.get(address).status_code == 403
    sent = {"title": "x", "url": "/rules/", "content": ""}
    assert client.post(page_form(page), sent).status_code == 403


def test_the_desk_offers_one_kind_of_tag(admin_client):
    page = admin_client.get(reverse("admin:index"))
    assertContains(page, reverse("admin:articles_tag_changelist"))
    assertNotContains(page, "taggit")
