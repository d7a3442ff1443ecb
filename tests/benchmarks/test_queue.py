"""
The queue at a million comments: the same number of queries as at a thousand, and as fast.

On PostgreSQL, where the plan of each query is printed: it must read no whole table.
"""

from random import Random

import pytest
from django.db import connection

from comments.models import Comment
from tests.benchmarks.asking import in_both, measured, report, slower
from tests.factories import make_user, make_visible_article

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="plans are PostgreSQL's"
    ),
]

QUEUE = "/admin/comments/queue/"
PILES = ["waiting", "reported", "appealed", "decided"]
FEW, MANY = 1_000, 1_000_000
ROUNDS = 30
AT_MOST = 1.3

# Of every thousand: a hundred are spam, five wait, one is reported and one appealed, and
# a moderator has decided on twenty in a year; the rest the screening has approved.
COMMENTS = """
    INSERT INTO comments_comment (
        article_id, name, email, body, notify, text_revision, status, judged_as,
        judged_at, version, created_at, first_shown_at, network, approved_replies,
        open_reports
    )
    SELECT
        (%(articles)s::int[])[1 + number %% %(number_of_articles)s],
        'Reader ' || number %% 997, '',
        md5(number::text) || ' ' || md5((number + 1)::text) || repeat(
            ' I have walked there every morning for eleven years.', 1 + number %% 4
        ) || ' ' || md5((number + 2)::text) || ' ' || md5((number + 3)::text),
        false, 1,
        CASE
            WHEN number %% 1000 < 100 THEN 'spam'
            WHEN number %% 1000 < 105 THEN 'pending'
            WHEN number %% 1000 < 106 THEN 'rejected'
            ELSE 'approved'
        END,
        CASE WHEN number %% 1000 BETWEEN 105 AND 124 THEN 'approved' ELSE '' END,
        CASE WHEN number %% 1000 BETWEEN 105 AND 124
            THEN now() - number * interval '365 days' / %(number)s END,
        1, now() - number * interval '365 days' / %(number)s,
        CASE WHEN number %% 1000 >= 106
            THEN now() - number * interval '365 days' / %(number)s END,
        '', 0,
        CASE WHEN number %% 1000 = 200 THEN 1 + number / 1000 %% 5 ELSE 0 END
    FROM generate_series(%(from)s, %(number)s) AS number
"""
APPEALS = """
    INSERT INTO comments_appeal (comment_id, message, created_at)
    SELECT id, 'No.', created_at FROM comments_comment
    WHERE status = 'rejected' AND NOT EXISTS (
        SELECT FROM comments_appeal WHERE comment_id = comments_comment.id
    )
"""
DECISIONS = """
    INSERT INTO comments_decision (
        comment_id, what, text_revision, by_name, from_status, to_status, reason,
        explanation, told, note, at
    )
    SELECT id, 'status', 1, 'Ana', 'pending', 'approved', '', '', true, '', judged_at
    FROM comments_comment WHERE judged_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM comments_decision WHERE comment_id = comments_comment.id
    )
"""
REPORTS = """
    INSERT INTO comments_report (comment_id, reason, sentence, network, created_at)
    SELECT id, 'abuse', 'It insults me.', 'network ' || id || '-' || number, created_at
    FROM comments_comment CROSS JOIN generate_series(1, 5) AS number
    WHERE open_reports >= number AND NOT EXISTS (
        SELECT FROM comments_report WHERE comment_id = comments_comment.id
    )
"""


def grow(articles, start, number):
    with connection.cursor() as cursor:
        numbers = {
            "articles": [article.pk for article in articles],
            "number_of_articles": len(articles),
            "from": start,
            "number": number,
        }
        cursor.execute(COMMENTS, numbers)
        for rows in [APPEALS, DECISIONS, REPORTS]:
            cursor.execute(rows)
        for table in ["comment", "appeal", "decision", "report", "signal"]:
            cursor.execute(f"ANALYZE comments_{table}")


def addresses(client):
    """Each pile from its beginning, a page further, and the look for what is new."""
    for pile in PILES:
        page = client.get(f"{QUEUE}?pile={pile}")
        yield f"{pile}", f"{QUEUE}?pile={pile}"
        if page.context["next"]:
            yield f"{pile}, next page", page.context["next"].address()
        yield f"{pile}, what is new", f"{QUEUE}news/?{page.context['mark']}"


def plan_of(sql):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) {sql}")
        return [line for (line,) in cursor.fetchall()]


def test_a_million_comments_cost_what_a_thousand_do(client, db):
    articles = [make_visible_article() for _ in range(50)]
    Random(4).shuffle(articles)
    client.force_login(make_user(role="Moderators", password=None))
    # Else the pages would have fewer cards at a thousand, and make less work.
    grow(articles, 1, FEW)
    fill_the_pages()
    few = measured(client, dict(addresses(client)), rounds=ROUNDS)
    grow(articles, FEW + 1, MANY)
    many = measured(client, dict(addresses(client)), rounds=ROUNDS)
    scans = []
    for name, (queries, _) in many.items():
        for sql in queries:
            if "comments_" not in sql:
                continue
            plan = plan_of(sql)
            print(f"\n{name}: {sql[:160]}")  # noqa: T201
            print("\n".join(f"    {line}" for line in plan))  # noqa: T201
            scans += [
                (name, line)
                for line in plan
                if "Seq Scan on comments_comment" in line
                or "Seq Scan on comments_decision" in line
            ]
    report(few, many)
    for name in in_both(few, many):
        assert len(many[name][0]) == len(few[name][0]), name
    assert scans == []
    assert slower(few, many, at_most=AT_MOST) == {}


def fill_the_pages():
    """Let there be two pages of each pile among the first thousand, too."""
    keys = list(Comment.objects.order_by("pk").values_list("pk", flat=True))
    chosen = iter(keys[len(keys) // 2 :])
    table = Comment.objects

    def some(number):
        return table.filter(pk__in=[next(chosen) for _ in range(number)])

    some(250).update(status="pending", judged_as="", judged_at=None, open_reports=0)
    some(45).update(open_reports=6)
    some(45).update(status="rejected")
    newest = table.order_by("-created_at").first().created_at
    some(45).update(judged_as="approved", judged_at=newest)
    with connection.cursor() as cursor:
        for rows in [APPEALS, DECISIONS, REPORTS]:
            cursor.execute(rows)
