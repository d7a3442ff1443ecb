import re
from html import unescape
from io import BytesIO

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.contrib.sites.models import Site
from django.core.management import call_command
from django.db import connection
from django.db.migrations.state import ProjectState
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation
from django.utils.html import strip_tags
from django.utils.text import capfirst
from PIL import Image
from pytest_django.asserts import assertContains, assertNotContains

from comments.models import Decision
from newsroom.languages.shipped import SHIPPED
from newsroom.pages import FIRST_PAGES, FIRST_TEXTS, make_missing_pages
from tests.factories import HOUR, make_comment, make_user, make_visible_article


def make_page(url, content="<p>Words.</p>", **fields):
    page = FlatPage.objects.create(url=url, title="A page", content=content, **fields)
    page.sites.add(settings.SITE_ID)
    return page


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("/about/", "About us"),
        ("/imprint/", "Imprint"),
        ("/privacy/", "Privacy"),
        ("/rules/", "Rules of the conversation"),
    ],
)
def test_the_standing_pages_ship_with_a_first_text(client, db, address, title):
    assertContains(client.get(address), f'<h1 dir="auto">{title}</h1>', html=True)


@pytest.mark.parametrize("language", SHIPPED)
def test_the_first_texts_are_in_the_language_of_the_site(
    client, db, settings, language
):
    settings.LANGUAGE_CODE = language
    FlatPage.objects.all().delete()
    make_missing_pages(apps.get_app_config("newsroom"), "default")
    folder = FIRST_TEXTS / language
    for page in FlatPage.objects.all():
        text = (folder / f"{page.url.strip('/')}.html").read_text(encoding="utf-8")
        assert page.content == text
        with translation.override(language):
            assert page.title == str(FIRST_PAGES[page.url.strip("/")])
    FlatPage.objects.filter(url="/rules/").delete()
    heading = re.search("<h2>(.+?)</h2>", (folder / "rules.html").read_text("utf-8"))
    assertContains(client.get("/rules/"), heading[1])


def test_a_site_in_another_language_begins_in_english(db, settings):
    settings.LANGUAGE_CODE = "fi"
    FlatPage.objects.all().delete()
    make_missing_pages(apps.get_app_config("newsroom"), "default")
    assert FlatPage.objects.get(url="/about/").title == "About us"


@pytest.mark.parametrize("language", SHIPPED)
@pytest.mark.parametrize("address", FIRST_PAGES)
def test_a_translated_first_text_has_the_parts_of_the_english_one(language, address):
    def parts(language):
        text = (FIRST_TEXTS / language / f"{address}.html").read_text("utf-8")
        return re.findall(r"<[^>]+>", text)

    assert parts(language) == parts("en")


def test_migrating_again_keeps_what_editors_wrote(client, db):
    FlatPage.objects.filter(url="/about/").update(content="<p>Ours.</p>")
    FlatPage.objects.filter(url="/rules/").delete()
    call_command("migrate", verbosity=0)
    assertContains(client.get("/about/"), "Ours.")
    assertContains(client.get("/rules/"), "Rules of the conversation")
    assert FlatPage.objects.count() == 4


def test_pages_wait_until_their_tables_are_there(db):
    """As after `migrate articles` on an empty database."""
    FlatPage.objects.all().delete()
    newsroom = apps.get_app_config("newsroom")
    make_missing_pages(newsroom, "default", apps=ProjectState().apps)
    assert not FlatPage.objects.exists()
    make_missing_pages(newsroom, "default")
    assert FlatPage.objects.count() == 4


def test_the_site_is_named_as_the_settings_say(db, settings):
    settings.SITE_URL, settings.SITE_NAME = "https://news.example", "The Example"
    call_command("migrate", verbosity=0)
    site = Site.objects.get(pk=settings.SITE_ID)
    assert (site.domain, site.name) == ("news.example", "The Example")


@pytest.mark.parametrize(
    "url", ["/team/", "/about/history/", "/jobs-2025/", "/v1.0/", "/über/"]
)
def test_editors_make_pages_of_their_own(client, db, url):
    make_page(url)
    assertContains(client.get(url), "<p>Words.</p>")
    without_slash = client.get(url.rstrip("/"), follow=True)
    assert without_slash.redirect_chain[0][1] == 301
    assertContains(without_slash, "<p>Words.</p>")


def test_a_page_shows_clean_html_only(client, db):
    make_page("/team/", "<p onclick='x()'>Hello</p><script>alert(1)</script>")
    page = client.get("/team/")
    assertContains(page, "<p>Hello</p>")
    assertNotContains(page, "alert(1)")


def test_a_page_of_another_site_is_not_found(client, db):
    FlatPage.objects.create(url="/elsewhere/", title="Elsewhere")
    assert client.get("/elsewhere/").status_code == 404


def test_a_page_for_members_needs_an_account(client, db):
    make_page("/members/", registration_required=True)
    assert client.get("/members/").status_code == 404
    client.force_login(make_user(role="Writers"))
    assertContains(client.get("/members/"), "Words.")


def test_no_page_of_an_editor_hides_a_page_of_the_site(client, db):
    make_page("/tags/", "<p>Shadow.</p>")
    assertNotContains(client.get("/tags/"), "Shadow.")


# The rules


def make_decisions(moderator, *waits):
    comments = [make_comment() for _ in waits]
    Decision.objects.bulk_create(
        Decision(
            comment=comment,
            text_revision=1,
            from_status="pending",
            to_status="approved",
            by=moderator,
            by_name="Mo",
            waited=waited,
        )
        for comment, waited in zip(comments, waits, strict=True)
    )


def words_of(page):
    return " ".join(strip_tags(unescape(page.content.decode())).split())


def test_the_rules_are_there_whatever_editors_do(client, db):
    ours = client.get("/rules/")
    assertContains(ours, "What we do not publish")
    FlatPage.objects.filter(url="/rules/").delete()
    page = client.get("/rules/")
    assertContains(page, '<h1 dir="auto">Rules of the conversation</h1>', html=True)
    assertContains(page, "What we do not publish")
    assert page.headers["Cache-Control"] == "public, no-cache"
    assert client.post("/rules/").status_code == 405
    assert client.get("/rules").headers["Location"] == "/rules/"


def test_the_editors_rules_stand_before_how_it_is_decided(client, db):
    FlatPage.objects.filter(url="/rules/").update(content="<p>Be kind.</p>", title="R")
    words = words_of(client.get("/rules/"))
    assert words.index("Be kind.") < words.index("How we decide")
    assert "What we do not publish" not in words


def test_rules_that_editors_keep_to_themselves_are_not_shown(client, db):
    FlatPage.objects.filter(url="/rules/").update(
        content="<p>Secret.</p>", registration_required=True
    )
    assertNotContains(client.get("/rules/"), "Secret.")
    assertContains(client.get("/rules/"), "What we do not publish")


def test_the_rules_say_for_which_reasons_a_comment_is_rejected_and_how_to_appeal(
    client, db
):
    words = words_of(client.get("/rules/"))
    for reason in Decision.Reason:
        assert str(capfirst(reason.label)) in words
    assert "ask the moderators once to look again" in words


@pytest.mark.parametrize(
    ("policy", "sentence"),
    [
        ("open", "Readers we know need not wait"),
        ("held", "A moderator reads every comment before it appears"),
        ("closed", "New comments are closed at the moment"),
    ],
)
def test_the_rules_say_who_waits(client, db, settings, policy, sentence):
    settings.COMMENT_POLICY = policy
    assert sentence in words_of(client.get("/rules/"))


@pytest.mark.parametrize(
    ("enough", "words"),
    [(0, ""), (1, "reported by 1 reader is"), (5, "reported by 5 readers is")],
)
def test_the_rules_say_what_reports_do(client, db, settings, enough, words):
    settings.REPORTS_TO_HOLD = enough
    page = words_of(client.get("/rules/"))
    assert words in page
    assert ("report" in page.partition("set aside")[2][:60]) is bool(enough)


def test_the_rules_say_how_long_a_comment_waits_once_that_is_known(client, db):
    moderator = make_user(role="Moderators")
    make_decisions(moderator, *[HOUR] * 19)
    assert "Half of the waiting comments" not in words_of(client.get("/rules/"))
    make_decisions(moderator, *[2 * HOUR] * 20)
    sentence = (
        "Half of the waiting comments were decided within 2 hours (last 39 decisions)."
    )
    assert sentence in words_of(client.get("/rules/"))


def test_queries_of_the_rules_are_the_same_whatever_was_decided(
    client, db, django_assert_num_queries
):
    with django_assert_num_queries(2):
        client.get("/rules/")
    make_decisions(make_user(role="Moderators"), *[HOUR] * 30)
    with django_assert_num_queries(2):
        client.get("/rules/")


# What belongs to no app


def test_robots_are_told_where_the_sitemap_is(client):
    page = client.get("/robots.txt")
    assert page.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = page.content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert "Disallow: /admin/" in lines
    assert "Disallow: /comments/mine/" in lines
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in lines


def test_the_favicon_is_a_picture(client):
    page = client.get("/favicon.ico")
    assert page.headers["Content-Type"] == "image/x-icon"
    assert page.headers["Cache-Control"] == "public, max-age=86400"
    with Image.open(BytesIO(page.getvalue())) as picture:
        assert picture.format == "ICO"
        assert {(16, 16), (32, 32)} <= picture.info["sizes"]


@pytest.mark.parametrize(
    "address",
    ["/nothing/", "/no/such/page/", "/articles/nothing/", "/x.php", "/%00/", "/%ff/"],
)
def test_an_address_without_a_page_gets_a_quiet_page(client, db, address):
    page = client.get(address, follow=True)
    assertContains(page, "Page not found", status_code=404)
    assert page.headers["Cache-Control"] == "public, no-cache"


def test_a_quiet_page_for_a_session_is_kept_by_nobody(client, db):
    client.force_login(make_user(role="Writers"))
    assert client.get("/nothing/").headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("name", ["400", "403", "404", "410"])
def test_quiet_pages_have_one_headline_and_one_way_on(rf, name):
    text = render_to_string(f"{name}.html", {}, request=rf.get("/"))
    main = text.split("<main")[1].split("</main>")[0]
    assert main.count("<h1") == 1
    assert main.count("<a ") == 1


def test_a_form_older_than_the_sign_in_gives_the_words_back(db):
    desk = Client(enforce_csrf_checks=True)
    desk.force_login(make_user(role="Editors"))
    sent = {
        "title": "A <title>",
        "csrfmiddlewaretoken": "stale",
        "old_password": "hush",
    }
    page = desk.post("/admin/articles/article/add/", sent)
    assertContains(page, "A &lt;title&gt;", status_code=403)
    assertNotContains(page, "stale", status_code=403)
    assertNotContains(page, "hush", status_code=403)


def test_what_another_site_sends_a_stranger_is_not_shown(db):
    stranger = Client(enforce_csrf_checks=True)
    page = stranger.post("/admin/login/", {"username": "Call this number"})
    assertContains(page, "The form was not sent", status_code=403)
    assertNotContains(page, "Call this number", status_code=403)


def test_a_failure_of_ours_gets_a_page_that_needs_nothing(db):
    make_visible_article()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE articles_credit RENAME TO lost")
    page = Client(raise_request_exception=False).get("/")
    text = page.content.decode()
    assert page.status_code == 500
    assert "Something went wrong on our side" in text
    assert "articles_credit" not in text
    assert "/static/" not in text
    assert page.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(("host", "status"), [("localhost", 301), ("x.example", 400)])
def test_what_is_answered_before_https_is_kept_by_nobody(host, status, settings):
    settings.SECURE_SSL_REDIRECT = True
    answer = Client().get("/", headers={"host": host})
    assert answer.status_code == status
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_no_request_of_a_stranger_host_is_answered(client, db):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400
