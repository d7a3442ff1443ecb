import pytest

from articles.content.snapshots import snapshot_of
from articles.models import Article
from articles.publishing import actions
from articles.publishing.planning import duplicate
from tests.factories import make_article, make_person, make_user, make_visible_article

# Duplicates


def test_a_duplicate_is_a_draft_that_says_what_the_working_copy_says(db):
    ana, ben, writer = make_person(), make_person(), make_user(role="Writers")
    article = make_visible_article(title="Harbour", language="de", tags=["B", "A"])
    article.set_byline((ana, "by"), (ben, "photographs"))
    content = snapshot_of(article) | {"body": "<p>Newer words.</p>"}
    actions.save(article, content)
    copy = duplicate(article, by=writer)
    copy = Article.objects.get(pk=copy.pk)
    assert (copy.status, copy.published_at, copy.created_by) == ("draft", None, writer)
    assert snapshot_of(copy) == content | {
        "title": "Copy of Harbour",
        "slug": "copy-of-harbour",
    }


def test_a_duplicate_leaves_the_article_as_it_is(db):
    article = make_visible_article(tags=["A"], byline=[make_person()])
    before = snapshot_of(article)
    duplicate(article)
    article = Article.objects.get(pk=article.pk)
    assert (snapshot_of(article), article.status) == (before, "published")
    assert not article.steps.exists()


def test_every_duplicate_has_an_address_and_a_revision_of_its_own(db):
    article = make_article(title="Harbour")
    one, other = duplicate(article), duplicate(article)
    assert len({article.slug, one.slug, other.slug}) == 3
    assert one.working_copy.content == snapshot_of(one)


@pytest.mark.parametrize("title", ["x" * 250, "漢" * 250])
def test_a_title_without_room_for_copy_of_is_not_cut(db, title):
    copy = duplicate(make_article(title=title))
    copy.full_clean()
    assert copy.title == title


def test_a_title_without_letters_is_copied(db):
    copy = duplicate(make_article(title="…"))
    copy.full_clean()
    assert copy.title == "Copy of …"
