import pytest
from django.db import DatabaseError, connection, transaction

from articles.core.append_only import AppendOnlyError
from articles.models import ArticleBatch, Tag
from articles.publishing.tag_merge import rename_tag
from tests.factories import make_article, make_comment, make_correction


@pytest.fixture(params=["step", "correction", "decision", "tag step", "batch"])
def record(request, db):
    if request.param == "step":
        article = make_article()
        article.submit()
        return article.steps.get()
    if request.param == "batch":
        return ArticleBatch.objects.create(what="submit")
    if request.param == "tag step":
        tag = Tag.objects.create(name="Water")
        rename_tag(tag, name="Waters", slug="water")
        return tag.steps.get()
    if request.param == "correction":
        return make_correction()
    comment = make_comment()
    comment.approve()
    return comment.decisions.get()


def test_a_record_cannot_be_changed(record):
    record.by_name = "Somebody else"
    with pytest.raises(AppendOnlyError):
        record.save()
    with pytest.raises(AppendOnlyError):
        type(record).objects.update(by_name="Somebody else")
    with pytest.raises(AppendOnlyError):
        type(record).objects.bulk_update([record], ["by_name"])
    assert type(record).objects.get().by_name == ""


def test_a_record_cannot_be_deleted(record):
    with pytest.raises(AppendOnlyError):
        record.delete()
    with pytest.raises(AppendOnlyError):
        type(record).objects.all().delete()
    assert type(record).objects.count() == 1


@pytest.mark.parametrize("statement", ["UPDATE {} SET by_name = 'x'", "DELETE FROM {}"])
def test_postgresql_refuses_even_plain_sql(record, statement):
    if connection.vendor != "postgresql":
        pytest.skip("the trigger is PostgreSQL's")
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(record._meta.db_table))
