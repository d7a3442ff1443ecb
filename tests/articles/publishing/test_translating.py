import pytest
from django.utils import timezone

from articles.models import Article, TransitionError
from articles.publishing import actions
from articles.publishing.bulk import run_bulk_action, undo_bulk_action
from articles.publishing.translating import translate
from tests.factories import HOUR, make_visible_article


@pytest.fixture
def source(db, settings):
    settings.FURTHER_LANGUAGES = ["de"]
    article = make_visible_article(title="The bridge", language="en")
    article.keep_revision(kind="published")
    return article


@pytest.fixture
def translation(source):
    translation = translate(source, "de")
    began = translation.working_copy.pk
    actions.save(translation, {"title": "Die Brücke"}, began_from=began)
    return translation


def in_bulk(article):
    return run_bulk_action("publish", [article], actions.publish, by=None)


@pytest.mark.parametrize(
    "publish",
    [
        Article.publish,
        actions.publish,
        in_bulk,
        lambda article: article.publish(at=timezone.now() + HOUR),
    ],
)
def test_a_translation_gets_the_address_of_its_title_however_it_is_published(
    translation, publish
):
    assert translation.has_provisional_slug
    publish(translation)
    translation.refresh_from_db()
    assert translation.slug == "die-bruecke"
    assert [address.slug for address in translation.addresses.all()] == ["die-bruecke"]
    newest = translation.revisions.published().first()
    assert newest.content["slug"] == "die-bruecke"


def test_an_address_that_another_article_has_is_numbered(translation):
    make_visible_article(slug="die-bruecke")
    translation.publish()
    assert translation.slug == "die-bruecke-2"


def test_a_translation_that_cannot_be_published_keeps_its_provisional_address(
    translation,
):
    Article.objects.filter(pk=translation.pk).update(
        status="published", published_at=timezone.now()
    )
    translation.refresh_from_db()
    with pytest.raises(TransitionError):
        translation.publish()
    translation.refresh_from_db()
    assert translation.has_provisional_slug
    assert not translation.addresses.exists()


def test_undoing_a_bulk_publication_leaves_the_address(translation):
    undone = undo_bulk_action(in_bulk(translation).batch, by=None)
    assert (len(undone.done), undone.skipped) == (1, [])
    translation.refresh_from_db()
    assert (translation.status, translation.slug) == ("draft", "die-bruecke")
