import pytest

from comments.classifier.bayes import Count
from comments.models import Classifier, Thread
from comments.screening import load_posted
from comments.screening.records import Account
from tests.factories import make_comment, make_person, make_user


def test_it_is_the_comment_with_what_was_said_of_it(db, settings):
    settings.SITE_NAME = "The Daily Tide"
    comment = make_comment(name="Inés", body="A remark.")
    moderator = make_user(username="tom", first_name="Tom", last_name="Ash")
    posted = load_posted(comment, by=moderator, decoy=True)
    assert (posted.name, posted.body) == ("Inés", "A remark.")
    assert posted.by == Account("tom", "Tom Ash")
    assert posted.fell_for_the_decoy
    assert posted.site_name == "The Daily Tide"
    assert load_posted(comment, body="Other words.").body == "Other words."


@pytest.mark.parametrize(("policy", "held"), [("open", False), ("held", True)])
def test_it_knows_whether_the_thread_is_held(db, settings, policy, held):
    comment = make_comment()
    settings.COMMENT_POLICY = policy
    assert load_posted(comment).thread_is_held is held
    settings.COMMENT_POLICY = "open"
    Thread.objects.create(article=comment.article, policy=policy)
    comment.refresh_from_db()
    assert load_posted(comment).thread_is_held is held


def test_it_knows_who_is_on_the_staff(db):
    make_user(role="Writers", username="ana", first_name="Ana", last_name="Ruiz")
    make_user(username="reader")
    make_user(role="Editors", username="gone", is_active=False)
    posted = load_posted(make_comment())
    assert posted.staff == (Account("ana", "Ana Ruiz"),)


def test_it_knows_the_bylines_that_the_name_resembles(db):
    for name in ["Ana Ruiz", "Ana Ruíz", "Tom Ash"]:
        make_person(name=name)
    posted = load_posted(make_comment(name="АNА RUIZ"))
    assert set(posted.bylines) == {"Ana Ruiz", "Ana Ruíz"}
    assert posted.staff == ()


def test_it_knows_what_moderators_decided_on_such_words(db):
    make_comment(body="Casino").mark_spam(by=make_user())
    Classifier.objects.update(acts="mark")
    posted = load_posted(make_comment(body="casino night"))
    assert posted.learnt.comments == Count(0, 1)
    assert posted.learnt.counts["w:casino"] == Count(0, 1)
    assert "w:night" not in posted.learnt.counts
    assert (posted.classifier_holds, posted.classifier_marks) == (False, True)


def test_all_this_is_three_queries_at_most(db, django_assert_num_queries):
    comment = make_comment(name="Ana Ruiz")
    for number in [0, 1, 5]:
        for _ in range(number):
            make_user(role="Editors")
            make_person(name="Ana Ruiz")
        comment.refresh_from_db()
        comment.article  # noqa: B018 - loaded now
        # The thread, the people, and the classifier's counts.
        with django_assert_num_queries(3):
            load_posted(comment, body="Casino bonus " * number * 70)
