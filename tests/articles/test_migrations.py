"""What migrations do to existing rows."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

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
