"""The classifier learns from moderators' decisions and can unlearn each exactly."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comments.classifier.bayes import Count
from comments.models import Classifier, Comment, FeatureCount, Training
from tests.factories import make_comment, make_user, make_visible_article

STEPS = {
    "approve": {},
    "reject for abuse": {"reason": "abuse"},
    "reject for advertising": {"reason": "advertising"},
    "mark_spam": {},
    "undo": {},
}


def table():
    """Everything that was learnt."""
    counts = sorted(FeatureCount.objects.values_list("feature", "honest", "spam"))
    sums = [
        "honest_comments",
        "spam_comments",
        "honest_features",
        "spam_features",
        "known_features",
    ]
    return counts, [getattr(Classifier.objects.now(), name) for name in sums]


def label_of(comment):
    return (
        Training.objects.filter(comment=comment).values_list("label", flat=True).first()
    )


def take(step, comment, by):
    getattr(comment, step.partition(" ")[0])(by=by, **STEPS.get(step, {}))


@pytest.fixture
def moderator(db):
    return make_user(role="Moderators")


@pytest.mark.parametrize(
    ("step", "label"),
    [
        ("approve", "honest"),
        ("mark_spam", "spam"),
        ("reject for advertising", "spam"),
        ("reject for abuse", None),
    ],
)
def test_it_learns_what_a_moderator_says_of_a_comment(moderator, step, label):
    comment = make_comment(body="Casino bonus")
    take(step, comment, moderator)
    assert label_of(comment) == label
    learnt, acts = FeatureCount.objects.learnt_of(["w:casino", "w:unheard"])
    one = Count(honest=int(label == "honest"), spam=int(label == "spam"))
    assert learnt.comments == one
    assert learnt.counts == ({"w:casino": one} if label else {})
    assert learnt.known == FeatureCount.objects.count()
    assert acts == "inform"


def test_it_learns_nothing_from_what_no_person_decided(db):
    make_comment()
    for step in ["approve", "mark_spam", "reject", "withdraw"]:
        getattr(make_comment(), step)()
    assert table() == ([], [0] * 5)


def test_it_learns_nothing_from_what_the_staff_writes(moderator):
    comment = make_comment(by=moderator)
    comment.approve(by=moderator)
    assert table() == ([], [0] * 5)


def test_another_decision_teaches_something_else(moderator):
    comment = make_comment(body="Casino bonus")
    take("approve", comment, moderator)
    honest = table()
    take("mark_spam", comment, moderator)
    counts, sums = table()
    assert label_of(comment) == "spam"
    assert counts == [(name, 0, 1) for name, *_ in honest[0]]
    assert sums[:2] == [0, 1]
    take("undo", comment, moderator)
    assert table() == honest


def test_who_keeps_what_a_machine_did_has_decided(moderator):
    comment = make_comment()
    comment.mark_spam()
    comment.keep(by=moderator)
    assert label_of(comment) == "spam"
    comment.undo(by=moderator)
    assert label_of(comment) is None


def test_a_kept_rejection_teaches_what_its_reason_says(moderator):
    for reason, label in [("spam", "spam"), ("abuse", None)]:
        comment = make_comment()
        comment.reject(by=moderator, reason=reason)
        comment.keep(by=moderator)
        assert label_of(comment) == label


def test_a_pick_changes_nothing_of_what_was_learnt(moderator):
    comment = make_comment()
    comment.approve(by=moderator)
    before = table()
    comment.pick(by=moderator)
    assert table() == before


def test_it_learns_the_words_that_the_moderator_saw(moderator):
    comment = make_comment(body="Honest words")
    comment.approve(by=moderator)
    comment.edit("Casino bonus")
    assert not FeatureCount.objects.filter(feature="w:casino").exists()
    comment.mark_spam(by=moderator)
    assert FeatureCount.objects.get(feature="w:casino").spam == 1
    assert not FeatureCount.objects.filter(feature="w:honest").exists()
    comment.undo(by=moderator)
    assert FeatureCount.objects.get(feature="w:honest").honest == 1
    assert Training.objects.get().text_revision == 1


def test_an_undone_undo_is_learnt_again(moderator):
    comment = make_comment()
    comment.mark_spam(by=moderator)
    spam = table()
    comment.undo(by=moderator)
    assert table() == ([], [0] * 5)
    comment.undo(by=moderator)
    assert table() == spam


def test_erasing_a_comment_unlearns_it(moderator):
    make_comment(body="Good remark").approve(by=moderator)
    before = table()
    comment = make_comment(body="Good casino")
    comment.approve(by=moderator)
    assert table() != before
    comment.erase()
    assert table() == before
    assert not Training.objects.filter(comment=comment).exists()


words = st.lists(
    st.sampled_from(
        ["casino", "bonus", "good", "remark", "ÉTÉ", "\x00", "b0nus", "дом"]
    ),
    max_size=6,
).map(" ".join)
histories = st.lists(
    st.tuples(words, st.lists(st.sampled_from(sorted(STEPS)), max_size=4)), max_size=4
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(kept=words, histories=histories)
def test_to_learn_and_unlearn_leaves_the_same_table(moderator, kept, histories):
    """After any sequence of decisions, undoing all or erasing leaves nothing that was learnt."""
    article = make_visible_article()
    make_comment(article=article, body=f"{kept} x".replace("\x00", "")).approve(
        by=moderator
    )
    before = table()
    for number, (body, steps) in enumerate(histories):
        comment = make_comment(article=article, body=body.replace("\x00", "") or "x")
        for step in steps:
            if step.partition(" ")[0] in comment.possible_steps:
                take(step, comment, moderator)
        if number % 2:
            comment.erase()
        else:
            unlearn_by_undoing(comment, moderator)
    assert table() == before
    for training in Training.objects.all():
        training.unlearn()
    assert table() == ([], [0] * 5)


def unlearn_by_undoing(comment, moderator):
    """Undo every standing decision, newest first."""
    undone = set(
        comment.decisions.exclude(undoes=None).values_list("undoes", flat=True)
    )
    if comment.status != "pending" and comment.decisions.first().undoes_id is None:
        comment.undo(by=moderator)
    if label_of(comment) is not None or undone:
        comment.reject(
            by=moderator, reason="abuse"
        ) if comment.status != "rejected" else comment.erase()
    assert label_of(comment) is None


@pytest.mark.parametrize("body", ["Casino.", "Casino bonus for everybody. " * 170])
def test_a_training_costs_the_same_however_long_the_comment(
    moderator, django_assert_num_queries, body
):
    comment = make_comment(body=body)
    comment.approve(by=moderator)
    training = Training.objects.get()
    with django_assert_num_queries(9):
        training.unlearn()
    with django_assert_num_queries(11):
        Training.objects.retrain(comment)


@pytest.mark.django_db(transaction=True)
def test_decisions_at_the_same_instant_are_all_counted():
    """Concurrent trainings neither deadlock nor lose counts, whatever features they share."""
    moderator = make_user(role="Moderators")
    bodies = ["casino bonus good", "good bonus casino", "bonus", "good casino"]
    comments = [make_comment(body=body) for body in bodies * 2]

    def decide(comment):
        try:
            Comment.objects.get(pk=comment.pk).mark_spam(by=moderator)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(comments)) as pool:
        list(pool.map(decide, comments))
    assert FeatureCount.objects.get(feature="w:casino").spam == 6
    assert Classifier.objects.now().spam_comments == 8
    assert Classifier.objects.now().known_features == FeatureCount.objects.count()
