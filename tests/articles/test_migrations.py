"""What migrations do to existing rows."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.timezone import now

from articles.models import (
    Article,
    Person,
    PersonAddress,
    Tag,
    TagStep,
    TransitionError,
)
from articles.publishing import tag_merge

BEFORE = [("articles", "0005_fill_secrets_of_images")]
AFTER = [("articles", "0006_an_article_is_once_in_a_batch")]


def migrated(targets):
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.mark.django_db(transaction=True)
def test_of_an_article_that_was_twice_in_a_batch_the_first_stays():
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        apps = migrated(BEFORE)
        article = apps.get_model("articles", "Article").objects.create(
            title="A", slug="a"
        )
        batch = apps.get_model("articles", "ArticleBatch").objects.create(what="tag")
        items = apps.get_model("articles", "BatchedArticle").objects
        for number in range(2):
            items.create(batch=batch, article=article, before={"tags": [number]})
        items = migrated(AFTER).get_model("articles", "BatchedArticle").objects
        assert [item.before for item in items.all()] == [{"tags": [0]}]
        migrated(BEFORE)
    finally:
        migrated(newest)


BEFORE_KEYS = [("articles", "0007_slugs_in_every_script")]
BEFORE_MERGING = [("articles", "0008_a_key_for_each_name")]


def make_rows(apps):
    """Names as an earlier release stored them, without keys: what readers take for one is two."""
    get = apps.get_model
    tag, person = get("articles", "Tag").objects, get("articles", "Person").objects
    tags = [
        tag.create(name=name, slug=f"tag-{number}")
        for number, name in enumerate(
            [
                "Ångström",
                "ÅNGSTRÖM",
                "École",
                "E\u0301cole",
                "Σοφος",
                "ΣΟΦΟΣ",
                "Harbour",
            ]
        )
    ]
    people = [
        person.create(name=name, slug=f"person-{number}", about=about)
        for number, (name, about) in enumerate(
            [
                ("Zoë Ó", ""),
                ("ZOË\u00a0Ó", "She writes."),
                ("Ana Ruiz", ""),
                ("Ana Ruiz", ""),
                ("ANA RUIZ", ""),
            ]
        )
    ]
    articles = [
        get("articles", "Article").objects.create(
            title=f"A {number}",
            slug=f"a-{number}",
            status="published",
            published_at=now(),
        )
        for number in range(3)
    ]
    for article, tag in [(0, 1), (0, 6), (0, 0), (1, 0), (2, 1), (2, 4)]:
        get("articles", "TaggedArticle").objects.create(
            content_object=articles[article], tag=tags[tag]
        )
    for article, person in [(0, 0), (0, 1), (1, 1)]:
        get("articles", "Credit").objects.create(
            article=articles[article], person=people[person]
        )
    return tags, people


@pytest.mark.django_db(transaction=True)
def test_names_that_readers_take_for_one_become_one_row(capsys, client):
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        tags, people = make_rows(migrated(BEFORE_KEYS))
        migrated(BEFORE_MERGING)
        migrated(newest)
    finally:
        migrated(newest)
    said = capsys.readouterr().out
    assert "Merged “ÅNGSTRÖM” into the tag “Ångström”." in said
    assert "Merged “E\u0301cole” into the tag “École”." in said
    assert "Merged “Zoë Ó” into “ZOË\u00a0Ó” among the people." in said
    assert (
        "several people share one of these names: Ana Ruiz, Ana Ruiz, ANA RUIZ" in said
    )
    assert set(Tag.objects.values_list("name", "key")) == {
        *[("Ångström", "ångström"), ("École", "école")],
        *[("Σοφος", "σοφοσ"), ("Harbour", "harbour")],
    }
    assert list(Person.objects.values_list("name", flat=True).order_by("pk")) == [
        *["ZOË Ó", "Ana Ruiz", "Ana Ruiz", "ANA RUIZ"],
    ]
    # Of two positions in one article the earlier one stays, and nobody stands there twice.
    first = Article.objects.get(title="A 0")
    assert [tag.name for tag in first.tags.all()] == ["Ångström", "Harbour"]
    assert [one.name for one in first.people] == ["ZOË Ó"]
    # Addresses that readers know lead on, and old revisions name the same person.
    assert client.get("/tags/tag-1/").headers["Location"] == "/tags/tag-0/"
    moved = client.get("/people/person-0/")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/people/person-1/")
    [(credited, _)] = Person.objects.credited([{"person": people[0].pk, "name": "x"}])
    assert credited == Person.objects.get(slug="person-1")
    assert PersonAddress.objects.get().went == people[0].pk
    # The record is that of any merge, and undoing it says what stands in the way.
    step = TagStep.objects.get(old_name="ÅNGSTRÖM")
    with pytest.raises(TransitionError, match="Rename it"):
        tag_merge.undo_merge(step)
    Tag.objects.filter(name="Ångström").update(name="Angstrom", key="angstrom")
    assert tag_merge.undo_merge(step).items.count() == 2
