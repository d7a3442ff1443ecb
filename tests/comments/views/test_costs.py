import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.core.text.normalisation import fold
from comments.models import Comment, Mailbox, NetworkKey, Term
from comments.security.tokens import private_address
from tests.comments.views.sending import WORDS, address_of_thread, send
from tests.factories import (
    make_comment,
    make_person,
    make_shown_comment,
    make_user,
    make_visible_article,
)

# Statements of a transaction that are no queries of its data. On PostgreSQL, one statement
# locks the network and the address of the sender.
LOCKS = int(connection.vendor == "postgresql")
BORDERS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


def test_queries_of_the_thread_are_the_same_for_one_and_for_many(
    db, client, django_assert_num_queries
):
    article = make_visible_article()
    for number in [1, 10]:
        for _ in range(number):
            root = make_shown_comment(article=article)
            make_shown_comment(parent=make_shown_comment(parent=root))
        # The address, the article, the thread, the roots, the replies, the picks.
        with django_assert_num_queries(6):
            client.get(address_of_thread(article))


def test_queries_of_the_other_pages(db, client, django_assert_num_queries):
    comment = make_shown_comment()
    for _ in range(5):
        make_shown_comment(article=comment.article)
    with django_assert_num_queries(2):
        client.get(comment.get_absolute_url())
    # The comment with its article, whether it is shown, and whether somebody answered it.
    with django_assert_num_queries(3):
        client.get(private_address(comment))


@pytest.fixture
def plain_post(transactional_db, settings):
    """The statements of a post until the comment is stored, and their kinds."""
    settings.TASKS = {
        "default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}
    }
    settings.COMMENT_RATE = ["5000/m"]
    with transaction.atomic():
        NetworkKey.objects.of_last_days()

    def post(client, article, **words):
        with CaptureQueriesContext(connection) as captured:
            assert send(client, article, **words).status_code == 303
        statements = [query["sql"] for query in captured]
        return (
            [sql for sql in statements if not sql.startswith(BORDERS)],
            [sql.split()[0] for sql in statements if sql.startswith(BORDERS)],
        )

    return post


def test_a_post_is_ten_queries_and_one_commit_however_many_there_are(
    plain_post, client
):
    article = make_visible_article()
    Mailbox.objects.create(address=WORDS["email"], confirmed_at=timezone.now())
    for number in [0, 1, 20]:
        for _ in range(number):
            make_shown_comment(article=article)
            make_comment(article=article, email=WORDS["email"])
            make_user(role="Editors", first_name="Ana", last_name="Ruiz")
            make_person(name="Ana Ruiz")
        queries, borders = plain_post(client, article, body=f"Remark {number}.")
        # The article at the address with its thread, the keys of two days, the earlier
        # comments, what is known of the people and the rules, and of the words. In the
        # transaction again: what the sender sent, the article, the people; then the comment,
        # and that its author is not trusted yet.
        assert len(queries) == 10 + LOCKS, queries
        assert borders == ["BEGIN", "COMMIT"]


def test_an_answer_looks_up_what_it_answers_and_more_findings_cost_no_more(
    plain_post, client
):
    article = make_visible_article()
    make_person(name="Ana Ruiz")
    Term.objects.create(text="casino", folded=fold("casino"), kind="suspect")
    parent = make_shown_comment(
        article=article, parent=make_shown_comment(article=article)
    )
    queries, borders = plain_post(client, article, parent=parent.pk)
    assert len(queries) == 11 + LOCKS, queries
    words = {"name": "Ana Ruiz", "body": "Casino: https://a.example, https://b.example"}
    queries, borders = plain_post(client, article, parent=parent.pk, **words)
    assert len(queries) == 11 + LOCKS, queries
    assert borders == ["BEGIN", "COMMIT"]
    assert Comment.objects.latest("id").signals.count() == 4


def test_a_repeat_stores_nothing(plain_post, client):
    article = make_visible_article()
    plain_post(client, article)
    queries, borders = plain_post(client, article)
    assert not any(sql.startswith("INSERT") for sql in queries)
    assert len(queries) == 4, queries
    assert borders == []
