from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.asserts import assertQuerySetEqual

from articles.models import TransitionError
from comments.models import Comment, Thread
from tests.factories import (
    make_article,
    make_comment,
    make_shown_comment,
    make_user,
    make_visible_article,
)

Status = Comment.Status


def shown_count(article):
    return Thread.objects.of(article).shown_count


def test_an_article_a_name_and_words_are_enough(db):
    comment = Comment(article=make_visible_article(), name="Inés", body="Well said.")
    comment.save()
    comment.refresh_from_db()
    assert comment.status == Status.PENDING
    assert comment.root is None


def test_the_parent_alone_places_a_reply(db):
    root = make_shown_comment()
    reply = make_shown_comment(parent=root)
    answer = Comment.objects.create(parent=reply, name="Tomas", body="No.")
    assert (answer.article, answer.root, answer.parent) == (root.article, root, reply)


# What is shown


def test_readers_see_approved_comments_only(db):
    article = make_visible_article()
    approved = make_shown_comment(article=article)
    for step in ["reject", "mark_spam", "withdraw"]:
        getattr(make_comment(article=article), step)()
    make_comment(article=article)
    assertQuerySetEqual(Comment.objects.shown(), [approved])
    assertQuerySetEqual(Comment.objects.on_page(), [approved])


def test_readers_see_no_comment_of_an_article_they_cannot_see(db):
    comment = make_shown_comment()
    assert Comment.objects.shown().exists()
    comment.article.withdraw()
    assert not Comment.objects.shown().exists()
    assert not Comment.objects.on_page().exists()


@pytest.mark.parametrize("step", ["reject", "withdraw"])
def test_a_root_that_was_shown_stands_as_a_tombstone_over_its_replies(db, step):
    root = make_shown_comment()
    reply = make_shown_comment(parent=root)
    getattr(root, step)()
    assertQuerySetEqual(Comment.objects.shown(), [reply])
    assertQuerySetEqual(Comment.objects.on_page(), [root, reply], ordered=False)


@pytest.mark.parametrize("step", ["reject", "withdraw"])
def test_a_removed_root_without_shown_replies_leaves_nothing(db, step):
    root = make_shown_comment()
    make_comment(parent=root)
    getattr(root, step)()
    assert not Comment.objects.on_page().exists()


def test_spam_hides_its_replies(db):
    root = make_shown_comment()
    make_shown_comment(parent=root)
    root.mark_spam()
    assert not Comment.objects.on_page().exists()


def test_a_root_that_was_never_shown_hides_its_replies(db):
    root = make_comment()
    make_shown_comment(parent=root)
    assert not Comment.objects.on_page().exists()
    root.reject()
    assert not Comment.objects.on_page().exists()


def test_approving_a_root_publishes_no_reply_that_waits(db):
    root = make_comment()
    make_comment(parent=root)
    root.approve()
    assertQuerySetEqual(Comment.objects.shown(), [root])


def test_a_removed_reply_takes_no_place_and_hides_no_other(db):
    root = make_shown_comment()
    reply = make_shown_comment(parent=root)
    answer = make_shown_comment(parent=reply)
    reply.reject()
    assertQuerySetEqual(Comment.objects.on_page(), [root, answer], ordered=False)


def test_undo_gives_back_exactly_what_was_there(db):
    root = make_shown_comment()
    replies = [make_shown_comment(parent=root) for _ in range(3)]
    make_comment(parent=root)
    before = set(Comment.objects.shown()), shown_count(root.article)
    root.mark_spam()
    root.undo()
    assert (set(Comment.objects.shown()), shown_count(root.article)) == before
    assert set(replies) < before[0]


def test_a_comment_and_its_pile_agree_on_whether_it_is_shown(db):
    shown, hidden_root = make_shown_comment(), make_comment()
    make_comment(parent=shown)
    make_shown_comment(parent=hidden_root)
    make_shown_comment().article.withdraw()
    comments = list(Comment.objects.all())
    assert [one for one in comments if one.is_shown] == [shown]
    assertQuerySetEqual(Comment.objects.shown(), [shown])


# Decisions


def test_each_decision_says_who_what_and_why(db):
    ana = make_user(first_name="Ana", last_name="Ruiz")
    comment = make_comment()
    comment.approve(by=ana)
    comment.reject(by=ana, reason="abuse", note="See the second line.")
    comment.undo(by=ana)
    decisions = list(comment.decisions.order_by("id"))
    assert [
        (d.by_name, d.from_status, d.to_status, d.reason, d.note) for d in decisions
    ] == [
        ("Ana Ruiz", "pending", "approved", "", ""),
        ("Ana Ruiz", "approved", "rejected", "abuse", "See the second line."),
        ("Ana Ruiz", "rejected", "approved", "", ""),
    ]
    assert decisions[2].undoes == decisions[1]
    assert {d.text_revision for d in decisions} == {1}


def test_a_decision_keeps_the_name_when_the_account_is_gone(db):
    ana = make_user(first_name="Ana", last_name="Ruiz")
    comment = make_comment()
    comment.approve(by=ana)
    ana.delete()
    assert comment.decisions.get().who == "Ana Ruiz"


ALLOWED = {
    "approve": {Status.PENDING, Status.REJECTED, Status.SPAM},
    "reject": {Status.PENDING, Status.APPROVED, Status.SPAM},
    "mark_spam": {Status.PENDING, Status.APPROVED, Status.REJECTED},
    "withdraw": {Status.PENDING, Status.APPROVED, Status.REJECTED, Status.SPAM},
    "keep": {Status.APPROVED, Status.REJECTED, Status.SPAM},
    "pick": {Status.APPROVED},
    "unpick": {Status.APPROVED},
    "hold_for_reports": {Status.APPROVED},
}


@pytest.mark.parametrize("step", ALLOWED)
@pytest.mark.parametrize("status", Status)
def test_a_step_is_taken_from_where_it_may_be_and_refused_elsewhere(db, step, status):
    comment = make_comment(status=status)
    if status in ALLOWED[step]:
        getattr(comment, step)()
        assert comment.decisions.get().from_status == status
    else:
        with pytest.raises(TransitionError, match=r"cannot be|look at it again"):
            getattr(comment, step)()
        assert Comment.objects.get(pk=comment.pk).status == status
        assert not comment.decisions.exists()


def test_of_two_moderators_one_wins_and_the_other_is_told(db):
    comment = make_comment()
    same_comment = Comment.objects.get(pk=comment.pk)
    comment.reject(by=make_user(first_name="Ana", last_name="Ruiz"))
    with pytest.raises(TransitionError, match="Ana Ruiz rejected this comment on"):
        same_comment.approve()
    assert same_comment.status == Status.REJECTED
    assert comment.decisions.count() == 1


def test_a_decision_on_a_version_that_is_no_more_is_refused(db):
    comment = make_comment()
    seen = comment.version
    comment.approve()
    comment.undo()
    with pytest.raises(TransitionError, match="undid a decision"):
        comment.reject(seen=seen)
    comment.reject(seen=comment.version)


@pytest.mark.django_db(transaction=True)
def test_of_opposite_decisions_at_the_same_instant_one_wins():
    comment = make_comment()

    def decide(step):
        try:
            getattr(Comment.objects.get(pk=comment.pk), step)(seen=comment.version)
        except TransitionError:
            return None
        finally:
            connection.close()
        return step

    with ThreadPoolExecutor(4) as moderators:
        winners = list(moderators.map(decide, ["approve", "reject"] * 2))
    (winner,) = filter(None, winners)
    comment.refresh_from_db()
    assert comment.is_approved == (winner == "approve")
    assert comment.decisions.count() == 1
    assert shown_count(comment.article) == comment.is_approved


def test_there_is_nothing_to_undo_on_a_fresh_comment(db):
    with pytest.raises(TransitionError, match="no decision"):
        make_comment().undo()


def test_no_moderator_undoes_what_its_author_withdrew(db):
    comment = make_shown_comment()
    comment.withdraw()
    with pytest.raises(TransitionError):
        comment.undo()
    with pytest.raises(TransitionError, match="Its author withdrew"):
        comment.approve()


def test_an_undo_can_be_undone(db):
    comment = make_shown_comment()
    comment.undo()
    comment.undo()
    assert comment.is_approved


# The count


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 4),
            st.sampled_from(
                ["approve", "reject", "mark_spam", "withdraw", "undo", "keep"]
                + ["pick", "unpick", "hold_for_reports", "erase"]
            ),
        ),
        max_size=15,
    )
)
def test_the_count_of_a_thread_is_always_the_number_shown(db, moves):
    root = make_comment()
    reply = make_comment(parent=root)
    family = [
        root,
        reply,
        make_comment(parent=reply),
        make_comment(parent=root),
        make_comment(article=root.article),
    ]
    for number, step in moves:
        family[number].refresh_from_db()
        try:
            getattr(family[number], step)()
        except TransitionError:
            continue
        assert (
            shown_count(root.article)
            == Comment.objects.shown().filter(article=root.article).count()
        )
        roots = Comment.objects.filter(root=None, article=root.article)
        assert set(roots.roots_on_page(root.article)) == set(roots.on_page())
        approved = Comment.objects.filter(root=root, status=Status.APPROVED)
        root.refresh_from_db()
        assert root.approved_replies == approved.count()


def test_deciding_takes_the_same_queries_in_a_thread_of_any_length(
    db, django_assert_num_queries
):
    def queries_with(replies):
        root = make_shown_comment()
        for _ in range(replies):
            make_shown_comment(parent=root)
        with django_assert_num_queries(14, exact=False) as queries:
            root.reject()
        return len(queries)

    assert queries_with(1) == queries_with(6)


def test_a_comment_that_arrives_approved_is_shown_and_counted(db):
    root = make_comment(status=Status.APPROVED)
    make_comment(status=Status.APPROVED, parent=root)
    assert shown_count(root.article) == 2
    root.reject()
    assert shown_count(root.article) == 1


# Repeats


def test_the_database_takes_one_comment_per_repeat_key(db):
    make_comment(repeat_key="k")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_comment(repeat_key="k")


@pytest.mark.parametrize("step", ["reject", "mark_spam", "withdraw"])
def test_removed_words_may_be_sent_again(db, step):
    comment = make_comment(repeat_key="k")
    getattr(comment, step)()
    assert comment.repeat_key is None
    make_comment(repeat_key="k")
    if step != "withdraw":
        comment.undo()
        assert comment.repeat_key is None


def test_approval_keeps_the_repeat_key(db):
    comment = make_comment(repeat_key="k")
    comment.approve()
    assert comment.repeat_key == "k"


# The rules that the database holds


def test_a_comment_outlives_any_attempt_to_delete_its_article(db):
    comment = make_comment(article=make_article())
    with pytest.raises(Exception, match="protected"):
        comment.article.delete()


def test_a_reply_without_a_root_is_refused(db):
    root = make_comment()
    reply = Comment(article=root.article, parent=root, name="a", body="b")
    with pytest.raises(IntegrityError), transaction.atomic():
        Comment.objects.bulk_create([reply])
