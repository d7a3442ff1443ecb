"""
The desk at a million articles: the same number of queries as at a thousand.

On PostgreSQL. The pages that an editor opens all day must not get slow with the number
of articles; those that search texts may, for they say what they look through.
"""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from articles.models import Article
from tests.benchmarks.asking import measured, queries_of, report, slower
from tests.factories import make_person, make_user

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="the rows are made by PostgreSQL"
    ),
]

# Compared with a thousand: with as many, a page of each list is full. At ten, where some have
# nothing to show, a few queries less are asked; these are printed.
FEW, FULL, MANY = 10, 1_000, 1_000_000
ROUNDS = 5
AT_MOST = 3

# Of every thousand, a full page of drafts, of what is in review, withdrawn and scheduled; one
# has a revision of its own. Everything else readers see.
ARTICLES = """
    INSERT INTO articles_article (
        title, slug, standfirst, body, language, on_top, status, published_at,
        withdrawal, notice, lead_alt, lead_caption, created_by_id, created_at, modified_at
    )
    SELECT
        'Article ' || number, 'article-' || number, 'What happened, in short.',
        '<p>' || repeat('A sentence about what happened. ', 20) || '</p>', 'en', false,
        CASE
            WHEN number %% 1000 < 60 THEN 'draft'
            WHEN number %% 1000 < 115 THEN 'in_review'
            WHEN number %% 1000 < 170 THEN 'withdrawn'
            ELSE 'published'
        END,
        CASE
            WHEN number %% 1000 < 115 THEN NULL
            WHEN number %% 1000 < 225 THEN now() + number * interval '1 minute'
            ELSE now() - number * interval '10 minutes'
        END,
        '', '', '', '', %(editor)s,
        now() - number * interval '10 minutes', now() - number * interval '10 minutes'
    FROM generate_series(%(from)s, %(to)s) AS number
"""
BESIDE = [
    """
    INSERT INTO articles_credit (article_id, person_id, role, position)
    SELECT id, %(person)s, 'by', 0 FROM articles_article AS article
    WHERE NOT EXISTS (SELECT FROM articles_credit WHERE article_id = article.id)
    """,
    """
    INSERT INTO articles_tag (name, slug)
    SELECT 'Tag ' || number, 'tag-' || number FROM generate_series(1, 1000) AS number
    ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO articles_taggedarticle (content_object_id, tag_id)
    SELECT article.id, (SELECT id FROM articles_tag WHERE slug = 'tag-' || 1 + article.id %% 1000)
    FROM articles_article AS article
    WHERE NOT EXISTS (
        SELECT FROM articles_taggedarticle WHERE content_object_id = article.id
    )
    """,
    """
    INSERT INTO articles_revision (
        article_id, kind, content, note, label, by_name, at, tells_readers
    )
    SELECT id, 'draft', json_build_object('title', title), '', '', 'Ana', modified_at, false
    FROM articles_article AS article WHERE id %% 1000 = 1 AND NOT EXISTS (
        SELECT FROM articles_revision WHERE article_id = article.id
    )
    """,
]

PAGES = {
    "first page": "/admin/",
    "list": "/admin/articles/article/",
    "list, page 5": "/admin/articles/article/?p=5",
    "list, drafts": "/admin/articles/article/?status=draft",
    "list, in review": "/admin/articles/article/?status=in_review",
    "list, scheduled": "/admin/articles/article/?status=scheduled",
    "list, published": "/admin/articles/article/?status=published",
    "list, withdrawn": "/admin/articles/article/?status=withdrawn",
    "list, mine": "/admin/articles/article/?mine=yes",
    "list, on top": "/admin/articles/article/?on_top__exact=1",
    "list, one tag": "/admin/articles/article/?tag=tag-7",
    "list, one language": "/admin/articles/article/?language=en",
    "list, proposals": "/admin/articles/article/?proposals=open",
    "list, problems": "/admin/articles/article/?problems=any",
    "list, by title": "/admin/articles/article/?o=1",
    "list, by date": "/admin/articles/article/?o=3",
    "list, one month": "/admin/articles/article/?published_at__year={day.year}&published_at__month={day.month}",
    "list, a search": "/admin/articles/article/?q=Article+77",
    "form": "/admin/articles/article/{article}/change/",
    "history": "/admin/articles/article/{article}/revisions/",
    "preview": "/admin/articles/article/{article}/preview/",
    "calendar": "/admin/articles/calendar/",
    "tags": "/admin/articles/tag/",
    "tags that look alike": "/admin/articles/tag/duplicates/",
    "people": "/admin/articles/person/",
    "corrections": "/admin/articles/correction/",
    "steps": "/admin/articles/step/",
    "batches": "/admin/articles/articlebatch/",
}
# These read the titles, or every row of a kind, and say so or are asked for by hand.
MAY_GET_SLOW = {"list, by title", "list, a search", "list, one tag"}


def grow(start, end, editor, person):
    numbers = {"from": start, "to": end, "editor": editor.pk, "person": person.pk}
    with connection.cursor() as cursor:
        for rows in [ARTICLES, *BESIDE]:
            cursor.execute(rows, numbers)
        for table in ["article", "credit", "tag", "taggedarticle", "revision"]:
            cursor.execute(f"ANALYZE articles_{table}")


def places():
    article = Article.objects.order_by("pk").first()
    # A month in which there is something, also among the first thousand.
    day = timezone.localdate() - timedelta(days=3)
    return {
        name: address.format(article=article.pk, day=day)
        for name, address in PAGES.items()
    }


def test_the_desk_is_as_fast_with_a_million_articles_as_with_ten(client, db):
    editor, person = make_user(role="Editors"), make_person()
    client.force_login(editor)
    grow(1, FEW, editor, person)
    for name, address in places().items():
        print(f"{name:24} {len(queries_of(client, address)):3} queries at {FEW}")  # noqa: T201
    grow(FEW + 1, FULL, editor, person)
    full = measured(client, places(), rounds=ROUNDS)
    grow(FULL + 1, MANY, editor, person)
    many = measured(client, places(), rounds=ROUNDS)
    report(full, many)
    assert all(len(many[name][0]) <= len(full[name][0]) for name in PAGES)
    assert not slower(full, many, at_most=AT_MOST).keys() - MAY_GET_SLOW
