"""Translating an article at the desk."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from articles.models import Article, TransitionError
from articles.publishing import actions
from articles.publishing.translating import languages_left, translate
from tests.articles.admin.desk import ANYWAY, form_of, said, step_of, typed
from tests.factories import (
    make_article,
    make_image,
    make_person,
    make_user,
    make_visible_article,
)


@pytest.fixture(autouse=True)
def languages(settings):
    settings.FURTHER_LANGUAGES = ["de", "fr"]


@pytest.fixture
def source(db):
    article = make_visible_article(
        title="The bridge",
        body="<p>It stands.</p>",
        language="en",
        tags=["Rivers"],
        byline=[make_person(name="Ana Ruiz")],
        lead_image=make_image(),
    )
    article.keep_revision(kind="published")
    return article


@pytest.fixture
def translation(source, editor):
    return translate(source, "de", by=editor)


def address(name, article):
    return reverse(f"admin:articles_article_{name}", args=[article.pk])


def change_source(source, **parts):
    source.refresh_from_db()
    copy = source.working_copy
    actions.save(source, parts, began_from=copy.pk)
    actions.publish_changes(source)


def test_translating_makes_a_draft_with_the_text_and_opens_it(desk, editor, source):
    assertContains(desk.get(form_of(source)), address("translate", source))
    page = desk.get(address("translate", source))
    assertContains(page, "Deutsch")
    assertNotContains(page, 'value="en"')
    response = desk.post(address("translate", source), {"language": "de"})
    draft = Article.objects.drafts().get()
    assert response.url == form_of(draft)
    assert (draft.translation_of, draft.language) == (source, "de")
    assert (draft.title, draft.body) == ("The bridge", "<p>It stands.</p>")
    assert draft.lead_image == source.lead_image
    assert [person.name for person in draft.people] == ["Ana Ruiz"]
    assert [tag.name for tag in draft.tags.all()] == ["Rivers"]
    assert draft.created_by == editor
    assert draft.translated_from == source.revisions.published().get()
    assert draft.working_copy.note == "Text copied from “The bridge”, to be translated."


def test_the_form_names_its_source_and_shows_it(desk, source, translation):
    page = desk.get(form_of(translation))
    assertContains(page, "Translated from")
    assertContains(page, form_of(source))
    assertContains(page, f'data-source="{address("source", translation)}"')
    shown = desk.get(address("source", translation))
    assertContains(shown, "It stands.")
    assert shown["X-Frame-Options"] == "SAMEORIGIN"
    assertContains(desk.get(form_of(source)), form_of(translation))


def test_the_slug_is_made_from_the_translated_title(desk, source, translation):
    page = desk.get(form_of(translation))
    assert page.context["adminform"].form["slug"].value() == ""
    seen = translation.working_copy.pk
    fields = typed(translation, slug="", seen=seen, language="de")
    desk.post(form_of(translation), fields)
    translation.refresh_from_db()
    assert translation.slug == f"translation-{source.pk}-de"
    fields |= {"title": "Die Brücke", "seen": translation.working_copy.pk}
    desk.post(form_of(translation), fields)
    translation.refresh_from_db()
    assert (translation.title, translation.slug) == ("Die Brücke", "die-bruecke")
    # It follows the title until readers know it.
    fields |= {"title": "Eine Brücke", "seen": translation.working_copy.pk}
    desk.post(form_of(translation), fields)
    translation.refresh_from_db()
    assert translation.slug == "eine-bruecke"


def test_a_title_that_stays_the_same_makes_the_slug_when_a_step_is_taken(
    desk, source, translation
):
    fields = typed(translation, slug="", seen=translation.working_copy.pk)
    desk.post(form_of(translation), fields | {"language": "de", "_step": "submit"})
    translation.refresh_from_db()
    assert translation.slug == "the-bridge-2"


def test_opening_publish_leaves_the_slug_and_publishing_makes_it(
    desk, source, translation
):
    fields = typed(translation, slug="", seen=translation.working_copy.pk)
    desk.post(form_of(translation), fields | {"language": "de", "_step": "publish"})
    translation.refresh_from_db()
    assert translation.slug == f"translation-{source.pk}-de"
    assertContains(desk.get(step_of(translation, "publish")), "/the-bridge-2/")
    desk.post(step_of(translation, "publish"), ANYWAY)
    translation.refresh_from_db()
    assert (translation.status, translation.slug) == ("published", "the-bridge-2")


def test_a_translation_says_that_its_source_has_changed(desk, source, translation):
    page = desk.get(form_of(translation))
    assertNotContains(page, "The source has changed")
    change_source(source, tags=["Bridges"])
    assertNotContains(desk.get(form_of(translation)), "The source has changed")
    change_source(source, body="<p>It fell.</p>")
    page = desk.get(form_of(translation))
    assertContains(page, "The source has changed since it was translated.")
    newest = source.revisions.published().first()
    old = translation.translated_from_id
    compare = f"{address('compare', source)}?from={old}&amp;to={newest.pk}"
    assertContains(page, compare)
    compared = desk.get(compare.replace("&amp;", "&"))
    assertContains(compared, "fell")
    assertContains(desk.get(address("source", translation)), "It fell.")
    assert desk.get(address("up_to_date", translation)).status_code == 405
    response = desk.post(address("up_to_date", translation))
    assert "marked as up to date" in said(response)
    translation.refresh_from_db()
    assert translation.translated_from == newest
    assertNotContains(desk.get(form_of(translation)), "The source has changed")


def test_unpublished_changes_of_the_source_do_not_count(desk, source, translation):
    source.refresh_from_db()
    actions.save(source, {"body": "<p>Maybe.</p>"}, began_from=source.working_copy.pk)
    assertNotContains(desk.get(form_of(translation)), "The source has changed")


def test_a_draft_can_be_translated_and_published_without_a_warning(desk, editor):
    draft = make_article(title="Not yet", language="en", body="<p>Soon.</p>")
    translation = translate(draft, "fr", by=editor)
    assert translation.body == "<p>Soon.</p>"
    draft.publish()
    assert translation.newer_source() is None


def test_a_translation_of_a_translation_joins_the_group(source, translation, editor):
    third = translate(translation, "fr", by=editor)
    assert third.translation_of == source
    assert third.translated_from.article == translation


def test_each_language_occurs_once_in_a_group(desk, source, translation):
    response = desk.post(address("translate", source), {"language": "de"})
    assert response.status_code == 422
    assert Article.objects.count() == 2
    with pytest.raises(TransitionError, match="a version in this language already"):
        translate(source, "de")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_article(language="de", translation_of=source)


def test_a_language_that_another_version_has_is_refused_in_the_form(
    desk, source, translation
):
    fields = typed(translation, seen=translation.working_copy.pk, language="en")
    page = desk.post(form_of(translation), fields)
    assertContains(
        page, "“The bridge” is the version of this article in this language."
    )
    translation.refresh_from_db()
    assert translation.language == "de"
    with pytest.raises(TransitionError, match="another version in this language"):
        translation.write_snapshot({"language": "en"})


def test_what_is_in_no_language_of_the_site_can_be_translated_into_all(db):
    italian = make_article(title="Il ponte", language="it")
    austrian = make_article(title="Marillen", language="de-at")
    assert languages_left(italian) == ["en", "de", "fr"]
    assert languages_left(austrian) == ["en", "fr"]


def test_every_language_taken(desk, source, translation, editor):
    translate(source, "fr", by=editor)
    page = desk.get(address("translate", source))
    assertContains(page, "This article exists in every language of the site.")


def test_a_site_with_one_language_offers_no_translation(desk, source, settings):
    settings.FURTHER_LANGUAGES = []
    assertNotContains(desk.get(form_of(source)), "Translate…")
    with CaptureQueriesContext(connection) as queries:
        desk.get(form_of(source))
    assert not [query for query in queries if '"translation_of_id" = ' in query["sql"]]


def test_the_revision_that_was_translated_is_kept(source, editor):
    draft = make_article(title="Not yet", language="en")
    translation = translate(draft, "fr", by=editor)
    draft.refresh_from_db()
    for number in range(5):
        actions.save(
            draft,
            {"body": f"<p>{number}</p>"},
            began_from=draft.working_copy.pk,
        )
    draft.revisions.prune(fewest=1)
    translation.refresh_from_db()
    assert translation.translated_from is not None
    # The base, the newest one, and the last one of these ten minutes.
    assert draft.revisions.count() == 3


def test_a_writer_translates_what_is_on_the_site_and_sees_only_that(source):
    writer = make_user(role="Writers")
    client = Client()
    client.force_login(writer)
    assertContains(client.get("/articles/the-bridge/"), address("translate", source))
    response = client.post(address("translate", source), {"language": "de"})
    draft = Article.objects.drafts().get()
    page = client.get(response.url)
    assertContains(page, 'href="/articles/the-bridge/"')
    assertNotContains(page, form_of(source))
    assertContains(client.get(address("source", draft)), "It stands.")
    hidden = make_article(title="Foreign draft", language="en")
    assert client.get(address("translate", hidden)).status_code == 404
    assert (
        client.post(address("translate", hidden), {"language": "de"}).status_code == 404
    )


def test_who_cannot_change_a_translation_cannot_mark_it(source, translation):
    moderator = Client()
    moderator.force_login(make_user(role="Moderators"))
    assert moderator.get(address("source", translation)).status_code == 200
    assert moderator.post(address("up_to_date", translation)).status_code == 403
    writer = Client()
    writer.force_login(make_user(role="Writers"))
    assert writer.get(address("source", translation)).status_code == 404
    assert writer.post(address("up_to_date", translation)).status_code == 404


def test_tags_and_people_lead_to_a_language_that_has_their_articles(desk):
    ana = make_person(name="Ana Ruiz")
    article = make_visible_article(language="fr", tags=["Ponts"], byline=[ana])
    tag = article.tags.get()
    assertContains(
        desk.get(reverse("admin:articles_tag_change", args=[tag.pk])),
        'href="/fr/tags/ponts/"',
    )
    assertContains(
        desk.get(reverse("admin:articles_person_change", args=[ana.pk])),
        'href="/fr/people/ana-ruiz/"',
    )
