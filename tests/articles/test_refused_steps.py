"""Refused steps: a readable sentence for every step and every status."""

import re
from functools import partial

import pytest
from django.utils import timezone

from articles.admin.actions.registry import ARTICLE_STEPS as DESK_STEPS
from articles.admin.actions.registry import not_from_here, not_yours
from articles.models import Article, TransitionError
from articles.publishing import actions
from tests.factories import DAY, HOUR, make_article, make_user, make_visible_article


def make_in_review(**fields):
    return make_article(status="in_review", **fields)


def make_scheduled(**fields):
    return make_visible_article(published_at=timezone.now() + DAY, **fields)


def make_withdrawn(**fields):
    return make_visible_article(status="withdrawn", **fields)


STATUSES = {
    "Draft": make_article,
    "In review": make_in_review,
    "Scheduled": make_scheduled,
    "Published": make_visible_article,
    "Withdrawn": make_withdrawn,
}
STEPS = {
    "“The flood” cannot be submitted for review.": Article.submit,
    "“The flood” cannot be returned to draft.": Article.return_to_draft,
    "“The flood” cannot be published.": Article.publish,
    "The publication date of “The flood” cannot be changed.": lambda article: (
        article.redate(timezone.now() - HOUR)
    ),
    "“The flood” cannot be withdrawn.": Article.withdraw,
    "“The flood” cannot be put on top of the front page.": Article.put_on_top,
    "“The flood” cannot be taken off the top of the front page.": Article.take_off_top,
}
# The statuses that allow each step; for all others the refusal is checked.
POSSIBLE = {
    "“The flood” cannot be submitted for review.": ["Draft"],
    "“The flood” cannot be returned to draft.": ["In review", "Scheduled", "Withdrawn"],
    "“The flood” cannot be published.": ["Draft", "In review", "Withdrawn"],
    "The publication date of “The flood” cannot be changed.": [
        "Scheduled",
        "Published",
    ],
    "“The flood” cannot be withdrawn.": ["Scheduled", "Published"],
    "“The flood” cannot be put on top of the front page.": ["Scheduled", "Published"],
    "“The flood” cannot be taken off the top of the front page.": [
        "Scheduled",
        "Published",
    ],
}
ALREADY = {
    ("“The flood” cannot be submitted for review.", "In review"),
    ("“The flood” cannot be returned to draft.", "Draft"),
    ("“The flood” cannot be published.", "Published"),
    ("“The flood” cannot be withdrawn.", "Withdrawn"),
}


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_taken_or_refused_with_a_sentence(db, step, status):
    article = STATUSES[status](title="The flood")
    if status in POSSIBLE[step]:
        STEPS[step](article)
        return
    expected = f"{step} Its status: {status}."
    if (step, status) in ALREADY:
        expected = f"“The flood” already has this status: {status}."
    with pytest.raises(TransitionError, match=f"^{re.escape(expected)}$"):
        STEPS[step](article)


OTHERS = {
    "publish_changes": actions.publish_changes,
    "schedule_changes": partial(actions.schedule_changes, at=timezone.now() + DAY),
    "unschedule_changes": actions.unschedule_changes,
    "lift_embargo": lambda article: article.lift_embargo(reason="x"),
    "correct": partial(actions.correct, kind="correction", text="It is 6."),
    "restore": lambda article: actions.restore(article, article.keep_revision()),
    "rename": lambda article: article.rename("not an address"),
    "replace": lambda article: article.withdraw(kind="replaced"),
    "put back": lambda article: article.put_back(
        {"status": "draft"}, still={"status": "never"}
    ),
}
SENTENCES = re.compile(r"(?:[A-Z“][^.]*(?:\.[^ ][^.]*)*\. ?)+")


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("step", OTHERS)
def test_every_other_refusal_is_whole_sentences_too(db, step, status):
    article = STATUSES[status](title="The flood")
    try:
        OTHERS[step](article)
    except TransitionError as refusal:
        assert_readable(str(refusal))


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("name", DESK_STEPS)
def test_what_the_desk_says_of_its_buttons_is_whole_sentences(db, name, status):
    article = STATUSES[status](title="The flood")
    for sentence in [
        not_from_here(DESK_STEPS[name], article),
        not_yours(DESK_STEPS[name], article),
    ]:
        assert_readable(sentence)


def assert_readable(words):
    assert SENTENCES.fullmatch(words), words
    assert not re.search(r"is draft\b|is none|\bNone\b|\{|\}", words), words


def test_a_refusal_names_who_was_first_and_when_by_the_clock_of_the_site(db, settings):
    settings.TIME_ZONE = "Europe/Vienna"
    article = make_article(title="The flood")
    with timezone.override("Europe/Vienna"):
        article.submit(by=make_user(first_name="Ana", last_name="Ruiz"))
        with pytest.raises(TransitionError) as refusal:
            article.submit()
    assert re.fullmatch(
        r"“The flood” already has this status: In review\. Ana Ruiz submitted it for review on "
        r"\d{1,2} [A-Z][a-z]+ \d{4}, \d\d:\d\d CES?T\.",
        str(refusal.value),
    )


@pytest.mark.parametrize("zone", ["Europe/Vienna", "America/New_York"])
def test_a_record_names_the_zone_of_every_time_in_it(db, zone):
    with timezone.override(zone):
        article = make_visible_article(embargo_until=timezone.now() - DAY)
        article.redate(timezone.localtime() - DAY)
        moved = article.steps.get(what="redate").reason
        actions.schedule_changes(article, at=timezone.localtime() + DAY)
        later = article.steps.get(what="schedule_changes").reason
        kept = make_article(embargo_until=timezone.localtime() + DAY)
        kept.lift_embargo(reason="Agreed")
        lifted = kept.steps.get(what="lift_embargo").reason
    name = "CES?T" if zone == "Europe/Vienna" else "E[SD]T"
    time = rf"\d{{1,2}} \w+ \d{{4}}, \d\d:\d\d {name}"
    assert re.fullmatch(f"from {time} to {time}", moved)
    assert re.fullmatch(f"for {time}", later)
    assert re.fullmatch(rf"Agreed \(embargo until {time}\)", lifted)
