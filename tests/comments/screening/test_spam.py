from dataclasses import replace

import pytest

from comments.classifier.bayes import Count, Table
from comments.models import Classifier, Comment, FeatureCount
from comments.screening import decide_status, run_rules
from comments.screening.records import Account, Posted
from comments.screening.spam import FEWEST_OF_EACH, classifier
from tests.comments.views.sending import send
from tests.factories import make_visible_article

WORDS = ["w:casino", "w:bonus"]


def learnt(honest=0, spam=0, *, comments=FEWEST_OF_EACH):
    both = Count(comments, comments)
    counts = dict.fromkeys(WORDS, Count(honest, spam))
    return Table(both, Count(500, 500), len(WORDS), counts)


def found(table, **fields):
    return list(classifier(Posted("Inés", "Casino bonus", learnt=table, **fields)))


def test_it_says_how_sure_it_is_and_names_the_words():
    (finding,) = found(learnt(spam=30))
    assert finding.value > finding.limit == 0.90
    assert finding.words == ("Casino", "bonus")
    (finding,) = found(learnt(honest=30))
    assert finding.value < finding.limit == 0.20


def test_it_abstains_where_it_is_not_sure():
    assert found(learnt(spam=1)) == []
    assert found(learnt(spam=30, honest=30)) == []
    assert found(learnt()) == []


@pytest.mark.parametrize("few", [Count(49, 900), Count(900, 49), Count(0, 0)])
def test_it_is_silent_until_it_has_fifty_of_each(few):
    table = learnt(spam=30)
    assert found(table)
    assert found(Table(few, table.features, table.known, table.counts)) == []


@pytest.mark.parametrize(
    ("allowed", "status"),
    [
        ({}, "pending"),
        ({"classifier_holds": True}, "pending"),
        ({"classifier_marks": True}, "spam"),
    ],
)
def test_it_only_informs_until_somebody_let_it_do_more(allowed, status):
    posted = Posted("Inés", "Casino bonus", learnt=learnt(spam=30), **allowed)
    assert decide_status(posted, run_rules(posted)) == status
    honest = Posted("Inés", "Casino bonus", learnt=learnt(honest=30), **allowed)
    assert decide_status(honest, run_rules(honest)) == "pending"


@pytest.mark.parametrize(
    ("allowed", "status"),
    [
        ({}, "approved"),
        ({"classifier_holds": True}, "pending"),
        ({"classifier_marks": True}, "spam"),
    ],
)
def test_of_a_trusted_person_it_holds_no_more_than_it_calls_spam(allowed, status):
    posted = Posted("Inés", "Casino bonus", learnt=learnt(spam=30), **allowed)
    posted = replace(posted, is_trusted=True)
    assert decide_status(posted, run_rules(posted)) == status
    honest = replace(posted, learnt=learnt(honest=30))
    assert decide_status(honest, run_rules(honest)) == "approved"


def test_it_never_decides_on_what_a_moderator_writes():
    ana = Account("ana")
    fields = {"learnt": learnt(spam=30), "classifier_marks": True, "by": ana}
    posted = Posted("ana", "Casino bonus", **fields)
    assert decide_status(posted, run_rules(posted)) == "approved"


@pytest.mark.parametrize(("acts", "status"), [("inform", "pending"), ("mark", "spam")])
def test_a_comment_that_is_sent_is_judged_and_teaches_nothing_by_that(
    db, client, acts, status
):
    Classifier.objects.create(
        pk=1,
        acts=acts,
        honest_comments=50,
        spam_comments=50,
        honest_features=500,
        spam_features=500,
        known_features=2,
    )
    FeatureCount.objects.bulk_create(
        FeatureCount(feature=name, spam=30) for name in WORDS
    )
    send(client, make_visible_article(), body="Casino bonus")
    comment = Comment.objects.get()
    assert comment.status == status
    assert comment.signals.get(rule="classifier").words == "Casino\nbonus"
    notes = {"inform": [], "mark": ["The classifier considered it spam."]}
    assert [decision.note for decision in comment.decisions.all()] == notes[acts]
    assert Classifier.objects.get().spam_comments == 50
