from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from articles.models import Address, Article, TaggedArticle
from articles.models.article_addresses import hold_address
from comments.models import Comment, Thread
from newsroom import doctor as checks
from tests.factories import make_article, make_shown_comment, make_user


def made(**fields):
    """A shown comment on an article whose address is kept, as `publish` does it."""
    comment = make_shown_comment(**fields)
    hold_address(comment.article)
    return comment


def doctor(**options):
    """The output of the command, and the error it ends with."""
    out = StringIO()
    try:
        call_command("doctor", stdout=out, **options)
    except CommandError as error:
        return out.getvalue(), str(error)
    return out.getvalue(), None


def test_where_everything_is_right_the_doctor_says_so_and_succeeds(db):
    made(parent=made())
    said, complaint = doctor()
    assert complaint is None
    assert "right: counts of shown comments: Nothing is wrong." in said
    assert said.splitlines()[-1] == "13 right"


def test_what_is_wrong_is_said_and_left_alone(db):
    comment = made()
    Thread.objects.update(shown_count=3)
    said, complaint = doctor()
    assert (
        f"wrong: counts of shown comments: “{comment.article.title}”: "
        "The stored number is 3; the correct number is 1." in said
    )
    assert complaint.startswith("1 thing is wrong")
    assert "--repair" in complaint
    assert Thread.objects.get().shown_count == 3


def test_repair_mends_the_counts_and_succeeds(db):
    made()
    Thread.objects.update(shown_count=3)
    Comment.objects.update(approved_replies=2)
    said, complaint = doctor(repair=True)
    assert complaint is None
    assert said.splitlines()[-1] == "11 right, 2 mended"
    assert Thread.objects.get().shown_count == 1
    assert Comment.objects.get().approved_replies == 0
    assert doctor()[1] is None


def test_what_no_machine_can_mend_stays_a_complaint(db):
    reply = made(parent=made())
    Comment.objects.filter(pk=reply.pk).update(parent=reply)
    said, complaint = doctor(repair=True)
    assert (
        f"wrong: roots of replies: comment {reply.pk}: It is not in the conversation"
        in said
    )
    assert "somebody has to look at it" in complaint


def test_stopped_half_way_it_says_how_to_go_on(db, monkeypatch):
    def stop(check, outcomes, *, repair):
        raise KeyboardInterrupt

    monkeypatch.setattr("newsroom.management.commands.doctor._look", stop)
    with pytest.raises(CommandError, match="run the same command again") as stopped:
        call_command("doctor", stdout=StringIO())
    assert stopped.value.returncode == 130


@contextmanager
def without_constraints():
    """Inside, nothing looks whether what a row refers to is there; nor afterwards."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            yield
            cursor.execute("SET session_replication_role = DEFAULT")
    else:
        connection.disable_constraint_checking()
        yield
        connection.enable_constraint_checking()


def test_references_to_what_is_not_there_are_found_and_mended_where_nothing_is_lost(
    transactional_db,
):
    user = make_user(role="Writers")
    article = make_article(created_by=user, tags=["Sea"])
    other = make_article()
    with without_constraints():
        # As it never happens while the constraints hold: the row goes, what refers to it stays.
        Article.objects.filter(pk=article.pk).update(created_by=10**6)
        TaggedArticle.objects.update(content_object=10**6)
        user.groups.through.objects.update(group_id=10**6)
    names = {each.name: each for each in checks.broken_references()}
    assert len(names) == 3
    lost = names[f"articles.TaggedArticle {TaggedArticle.objects.get().pk}"]
    assert lost.mend is None
    assert "1000000, is not there" in lost.sentence
    with without_constraints():
        for each in names.values():
            if each.mend:
                each.mend()
    assert [each.name for each in checks.broken_references()] == [lost.name]
    article.refresh_from_db()
    assert article.created_by_id is None
    assert not user.groups.through.objects.exists()
    TaggedArticle.objects.update(content_object=other)


def test_a_published_article_whose_address_is_not_kept_is_found_and_gets_it(db):
    article = made().article
    Address.objects.all().delete()
    said, _ = doctor()
    assert f"Its address “{article.slug}” is not kept for it." in said
    assert doctor(repair=True)[1] is None
    assert Address.objects.get().slug == article.slug
    assert Address.objects.get().article == article


def test_an_address_that_is_kept_for_another_article_is_left_to_somebody(db):
    article, other = made().article, made().article
    Address.objects.filter(article=article).delete()
    Address.objects.filter(article=other).update(slug=article.slug)
    said, complaint = doctor(repair=True)
    assert f"is kept for article {other.pk}" in said
    assert "somebody has to look at it" in complaint
