import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from articles.content.snapshots import snapshot_of
from articles.models import Person, PreviewLink, Tag
from articles.public.preview import share
from articles.publishing import actions as desk_steps
from tests.articles.admin.desk import form_of, said, typed
from tests.factories import make_article, make_user, make_visible_article


def preview_of(article, query=""):
    return reverse("admin:articles_article_preview", args=[article.pk]) + query


def previews_of(article):
    return reverse("admin:articles_article_previews", args=[article.pk])


def revoking(link):
    return reverse("admin:articles_article_revoke", args=[link.article_id, link.pk])


def test_the_form_leads_to_the_preview_at_both_widths(desk):
    article = make_article()
    assertContains(desk.get(form_of(article)), previews_of(article))
    page = desk.get(previews_of(article)).content.decode()
    assert page.count(f'<iframe src="{preview_of(article)}"') == 2


def test_the_desk_previews_what_is_saved_and_not_published(desk):
    article = make_visible_article(title="As published")
    desk_steps.save(article, snapshot_of(article) | {"title": "As changed"})
    page = desk.get(preview_of(article))
    assertContains(page, "As changed")
    assertNotContains(page, "As published")
    assertNotContains(page, 'method="post"')


def test_the_desk_previews_any_revision_of_the_article_and_of_no_other(desk):
    article, other = make_visible_article(title="First"), make_visible_article()
    desk_steps.save(article, snapshot_of(article) | {"title": "Second"})
    first = article.revisions.last()
    assertContains(desk.get(preview_of(article, f"?revision={first.pk}")), "First")
    foreign = other.keep_revision()
    assert desk.get(preview_of(article, f"?revision={foreign.pk}")).status_code == 404


@pytest.mark.parametrize("key", ["x", "-1", "0", "٣", "9" * 18, "9" * 40, "%00"])
def test_what_is_no_revision_is_not_found(desk, key):
    article = make_article()
    query = f"?revision={key}"
    assert desk.get(preview_of(article, query)).status_code == 404
    assert desk.get(previews_of(article) + query).status_code == 404


def test_only_pages_of_this_site_show_the_preview_in_a_frame(desk):
    page = desk.get(preview_of(make_article()))
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"].startswith("private, no-store")
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"


# Permissions


@pytest.mark.parametrize(
    ("role", "whose", "previews", "shares"),
    [
        ("Editors", "others", 200, 302),
        ("Writers", "own", 200, 302),
        ("Writers", "others", 404, 404),
        ("Moderators", "others", 200, 403),
        (None, "others", 302, 302),
    ],
)
def test_who_previews_and_who_shares(db, client, role, whose, previews, shares):
    user = make_user(role=role)
    article = make_article(created_by=user if whose == "own" else None)
    link = share(article, days=1, by=None)
    client.force_login(user)
    assert client.get(preview_of(article)).status_code == previews
    assert client.get(previews_of(article)).status_code == previews
    assert client.post(previews_of(article), {"days": "1"}).status_code == shares
    assert client.post(revoking(link)).status_code == shares
    may_share = shares == 302 and role is not None
    assert PreviewLink.objects.count() == (2 if may_share else 1)
    link.refresh_from_db()
    assert (link.revoked_at is not None) == may_share


def test_who_may_not_change_the_article_reads_no_secret_link(client, db):
    link = share(make_article(), days=1, by=None)
    client.force_login(make_user(role="Moderators"))
    assertNotContains(client.get(previews_of(link.article)), link.key)


def test_a_writer_shares_nothing_that_is_published(client, writer):
    article = make_visible_article(created_by=writer)
    client.force_login(writer)
    assert client.post(previews_of(article), {"days": "1"}).status_code == 403


# Links


@pytest.mark.parametrize("days", [1, 3, 7])
def test_an_editor_makes_a_link_that_ends(desk, editor, days):
    article = make_article()
    response = desk.post(previews_of(article), {"days": days})
    assert response.url == previews_of(article)
    link = PreviewLink.objects.get()
    assert round((link.ends_at - link.at).total_seconds() / 86400) == days
    assert (link.by, link.by_name) == (editor, "Edda Torres")
    assertContains(desk.get(previews_of(article)), link.get_absolute_url())


@pytest.mark.parametrize("days", ["", "0", "2", "365", "x"])
def test_a_link_has_an_end_that_is_offered(desk, days):
    article = make_article()
    response = desk.post(previews_of(article), {"days": days})
    assertContains(response, "Choose", status_code=422)
    assert not PreviewLink.objects.exists()


def test_an_editor_revokes_a_link(desk):
    link = share(make_article(), days=1, by=None)
    response = desk.post(revoking(link))
    assert "is revoked" in said(response)
    assert desk.get(link.get_absolute_url()).status_code == 410
    assertNotContains(desk.get(previews_of(link.article)), link.key)


def test_looking_at_the_address_of_revoking_revokes_nothing(desk):
    link = share(make_article(), days=1, by=None)
    assert desk.get(revoking(link)).status_code == 405
    link.refresh_from_db()
    assert link.is_open


def test_a_link_is_revoked_only_from_its_own_article(desk):
    link = share(make_article(), days=1, by=None)
    other = make_article()
    address = reverse("admin:articles_article_revoke", args=[other.pk, link.pk])
    assert desk.post(address).status_code == 404


def test_without_a_link_the_page_says_what_to_do(desk):
    assertContains(desk.get(previews_of(make_article())), "No links yet.")


@pytest.mark.parametrize("key", ["x", "999", "9" * 40])
def test_no_article_has_no_preview(desk, key):
    for view in ["preview", "previews"]:
        address = reverse(f"admin:articles_article_{view}", args=[key])
        assert desk.get(address).status_code == 404


def test_the_page_takes_the_same_queries_with_one_link_and_with_many(desk):
    article = make_article()

    def queries():
        with CaptureQueriesContext(connection) as captured:
            desk.get(previews_of(article))
        return len(captured)

    share(article, days=1, by=None)
    desk.get(previews_of(article))
    one = queries()
    for _ in range(30):
        share(article, days=1, by=None)
    assert queries() == one


# While typing


def typed_preview(article):
    return reverse("admin:articles_article_preview_typed", args=[article.pk])


def test_what_is_typed_is_shown_as_readers_would_see_it_and_not_saved(desk):
    article = make_visible_article(title="As published", tags=["Sea"])
    page = desk.post(
        typed_preview(article),
        typed(
            article,
            title="As typed",
            body="<h2>Part</h2><p onclick='x()'>Words.</p>",
            signed_by="Somebody New",
            tags="Unheard of",
        ),
    )
    html = page.content.decode()
    for words in ["As typed", 'id="s-part"', "Somebody New", "Unheard of", "not saved"]:
        assert words in html
    assert "onclick" not in html
    assert "no-store" in page.headers["Cache-Control"]
    assert article.working_content()["title"] == "As published"
    assert not Person.objects.filter(name="Somebody New").exists()
    assert not Tag.objects.filter(name="Unheard of").exists()
    assert not article.unsaved.exists()


def test_what_is_not_in_order_yet_leaves_the_rest_of_the_preview(desk):
    article = make_article(title="Kept", body="<p>Old.</p>")
    page = desk.post(
        typed_preview(article),
        typed(article, title="", body="<p>New words.</p>", language="not a language"),
    )
    assertContains(page, "Kept")
    assertContains(page, "New words.")


def test_who_may_not_edit_sees_nothing_of_what_is_typed(client, writer):
    article = make_visible_article(created_by=writer)
    client.force_login(writer)
    assert client.post(typed_preview(article), typed(article)).status_code == 403
    assert client.post(typed_preview(make_article()), {}).status_code == 404
    client.force_login(make_user(role="Moderators"))
    assert client.post(typed_preview(article), typed(article)).status_code == 403


def test_what_is_typed_is_only_sent_never_asked_for(desk):
    assert desk.get(typed_preview(make_article())).status_code == 405


def test_more_than_three_megabytes_are_not_previewed_while_typing(desk):
    article = make_article()
    page = desk.post(typed_preview(article), typed(article, body="x" * 3_200_000))
    assert page.status_code == 413
    assert "more than 3 MB" in page.content.decode()


def test_a_moderator_previews_no_text_that_its_writer_has_not_saved(client, desk):
    article = make_visible_article(title="As published")
    kept = article.keep_revision()
    type(kept).objects.filter(pk=kept.pk).update(kind="kept")
    assert desk.get(preview_of(article, f"?revision={kept.pk}")).status_code == 200
    client.force_login(make_user(role="Moderators"))
    assert client.get(preview_of(article)).status_code == 200
    assert client.get(preview_of(article, f"?revision={kept.pk}")).status_code == 404
