from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from articles.core.text.normalisation import fold
from comments.models import Comment, RuleSetting, Signal, Term, Weight
from comments.screening.backtest import (
    MOST_TRIED,
    OF_WORDS_AND_NAMES,
    REBUILT,
    STILL_FINDS,
    Trial,
    count_recent_findings,
    past_comments_for,
    past_with_terms,
    run_trial,
)
from comments.screening.links import links_in
from comments.screening.records import Setting
from comments.screening.rules import RULES
from tests.factories import (
    HOUR,
    make_comment,
    make_commenter,
    make_user,
    make_visible_article,
)

pytestmark = pytest.mark.django_db

RULE = {rule.name: rule for rule in RULES}
MINUTE = timedelta(minutes=1)
AS_IT_COMES = Setting()


@pytest.fixture
def decide(db):
    """A comment that a moderator has decided on."""
    moderator, article = make_user(role="Moderators"), make_visible_article()

    def decide_on(body, step="approve", **fields):
        comment = make_comment(**{"article": article, "body": body} | fields)
        getattr(comment, step)(by=moderator)
        return comment

    return decide_on


def make_term(text, kind="suspect"):
    return Term.objects.put_on_the_list([text], kind=kind, by_name="Ana")[0]


def found(name, setting=AS_IT_COMES):
    return run_trial(RULE[name], setting, past_comments_for(RULE[name]))


def keys(result):
    return {hit.comment.pk for hit in result.hits}


def test_it_says_how_many_it_would_have_held_and_how_many_were_approved(decide):
    for _ in range(3):
        decide("A casino is planned here.")
    decide("casino casino", "reject")
    decide("Thanks for that.")
    tried = run_trial(
        RULE["suspect_terms"],
        AS_IT_COMES,
        past_with_terms(RULE["suspect_terms"], [fold("casino")]),
    )
    assert tried.sentence == (
        "It would have held 4 of the last 5 decided comments. Moderators approved 3 of them."
    )


@pytest.mark.parametrize(
    ("weight", "said"),
    [
        (
            Weight.MARKS,
            "It would have marked 1 of the last 2 decided comments as spam.",
        ),
        (Weight.HOLDS, "It would have held 1 of the last 2 decided comments."),
        (
            Weight.INFORMS,
            "It would have found something in 1 of the last 2 decided comments, and held none.",
        ),
    ],
)
def test_it_says_what_the_weight_does(decide, weight, said):
    decide("https://a.example https://b.example", "mark_spam")
    decide("Thanks.")
    assert found("links", Setting(weight=weight)).sentence == (
        f"{said} Moderators did not approve it."
    )


def test_it_says_when_there_is_nothing_to_find_or_to_try():
    assert Trial(1000, Weight.HOLDS).sentence == (
        "It would have held none of the last 1,000 decided comments."
    )
    assert "nothing to try it on" in Trial(0, Weight.HOLDS).sentence


def test_it_is_tried_on_what_people_decided_on_and_on_nothing_else(decide):
    honest = decide("casino")
    withdrawn = decide("casino")
    withdrawn.withdraw()
    erased = decide("casino")
    Comment.objects.filter(pk=erased.pk).update(erased_at=timezone.now())
    decide("casino", by=make_user(role="Moderators"))
    make_comment(body="casino")
    make_comment(body="casino").approve()
    make_comment(body="casino").mark_spam()
    undone = decide("casino")
    undone.undo(by=make_user(role="Moderators"))
    make_term("casino")
    assert keys(found("suspect_terms")) == {honest.pk, withdrawn.pk}
    assert found("suspect_terms").tried == 2


def test_it_is_tried_on_the_thousand_that_were_decided_last(decide):
    oldest = decide("casino")
    Comment.objects.filter(pk=oldest.pk).update(
        judged_at=timezone.now() - timedelta(days=9)
    )
    now = timezone.now()
    Comment.objects.bulk_create(
        Comment(
            article=oldest.article,
            name="A",
            body="casino",
            judged_as="approved",
            judged_at=now - number * MINUTE,
        )
        for number in range(MOST_TRIED)
    )
    make_term("casino")
    tried = found("suspect_terms")
    assert (tried.tried, len(tried.hits), tried.approved) == (1000, 1000, 1000)
    assert oldest.pk not in keys(tried)
    times = [hit.comment.judged_at for hit in tried.hits]
    assert times == sorted(times, reverse=True)


def test_a_term_finds_what_counting_by_hand_finds(decide):
    bodies = ["casino", "C4sínо now", "casinos", "free  money", "free, money", "money"]
    comments = {body: decide(body) for body in bodies}
    named = decide("Hello.", name="Casino")
    make_term("casino")
    make_term("free money")
    by_hand = {comments[body].pk for body in bodies if body not in ("casinos", "money")}
    assert keys(found("suspect_terms")) == by_hand | {named.pk}
    assert keys(found("banned_terms")) == set()


@pytest.mark.parametrize("limit", [0, 1, 2, 5])
def test_links_find_what_counting_by_hand_finds(decide, limit):
    bodies = [
        "none",
        *(" ".join(f"https://{n}.example" for n in range(k)) for k in (1, 2, 4)),
    ]
    comments = [decide(body) for body in bodies]
    by_hand = {one.pk for one in comments if len(links_in(one.body)) > limit}
    assert keys(found("links", Setting(limit=limit))) == by_hand


def place(comment, **fields):
    Comment.objects.filter(pk=comment.pk).update(**fields)
    return comment


@pytest.fixture
def scattered(decide):
    """Comments of three networks and two people, minutes apart; the last has no known sender."""
    ines = make_commenter(address="ines@example.org")
    people = [None, ines, make_commenter(), None]
    now = timezone.now() - HOUR
    # A typed address does not identify the sender.
    addresses = ["ines@example.org", "", "ines@example.org", ""]
    comments = []
    for number in range(36):
        comment = decide(
            f"Remark {number}.",
            "reject" if number % 5 == 0 else "approve",
            email=addresses[number % 4],
            commenter=people[number % 4],
        )
        at = now + number * number * timedelta(seconds=3)
        network = ["a" * 64, "b" * 64, ""][number % 3]
        comments.append(
            place(comment, created_at=at, network=network, judged_at=at + 2 * MINUTE)
        )
    return list(Comment.objects.order_by("created_at"))


def is_same_sender(one, other):
    is_network = one.network != "" and one.network == other.network
    is_person = one.commenter_id is not None and one.commenter_id == other.commenter_id
    return is_network or is_person


@pytest.mark.parametrize("limit", [1, 3, 5])
def test_a_flood_is_found_as_by_hand(scattered, limit):
    def lately(comment):
        return [
            other
            for other in scattered
            if is_same_sender(comment, other)
            and comment.created_at - 10 * MINUTE < other.created_at < comment.created_at
        ]

    by_hand = {one.pk for one in scattered if len(lately(one)) >= limit}
    assert by_hand
    assert keys(found("flood", Setting(limit=limit))) == by_hand


def test_a_person_who_writes_from_one_network_is_counted_once(decide):
    sender = {"commenter": make_commenter(), "network": "a" * 64}
    decide("One.", **sender)
    decide("Two.", **sender)
    assert keys(found("flood", Setting(limit=2))) == set()
    last = decide("Three.", **sender | {"network": "b" * 64})
    assert keys(found("flood", Setting(limit=2))) == {last.pk}


@pytest.mark.parametrize("limit", [0, 2])
def test_recent_rejections_are_found_as_by_hand(scattered, limit):
    def rejected(comment):
        return [
            other
            for other in scattered
            if is_same_sender(comment, other)
            and other.judged_as == "rejected"
            and other.created_at < comment.created_at
            and other.judged_at < comment.created_at
        ]

    by_hand = {one.pk for one in scattered if len(rejected(one)) > limit}
    assert by_hand
    assert keys(found("recent_rejections", Setting(limit=limit))) == by_hand


@pytest.mark.parametrize("limit", [5, 20])
def test_a_heated_thread_is_found_as_by_hand(scattered, limit):
    def said(comment):
        since = comment.created_at - HOUR
        return [one for one in scattered if since < one.created_at < comment.created_at]

    by_hand = {one.pk for one in scattered if len(said(one)) > limit}
    assert by_hand
    assert keys(found("heated_thread", Setting(limit=limit))) == by_hand


def test_it_says_of_how_many_nobody_knows_the_sender(scattered):
    nobody = [one for one in scattered if not (one.network or one.commenter)]
    assert past_comments_for(RULE["flood"]).from_nobody_known == len(nobody) > 0
    assert past_comments_for(RULE["heated_thread"]).from_nobody_known == 0


def signal(comment, rule, value=None, weight=Weight.HOLDS, **fields):
    return Signal.objects.create(
        comment=comment,
        text_revision=1,
        rule=rule,
        value=value,
        weight=weight,
        **fields,
    )


def test_of_what_nobody_stored_the_past_says_only_what_was_found_then(decide):
    near, nearer, none = decide("a"), decide("b"), decide("c")
    signal(near, "similar_text", 0.65)
    signal(nearer, "similar_text", 0.9)
    signal(none, "quick_post", 1.5)
    assert past_comments_for(RULE["similar_text"]).is_recorded
    assert keys(found("similar_text")) == {near.pk, nearer.pk}
    assert keys(found("similar_text", Setting(limit=0.8))) == {nearer.pk}
    assert keys(found("quick_post", Setting(limit=2))) == {none.pk}
    assert keys(found("quick_post", Setting(limit=1))) == set()


def test_a_repeat_is_known_from_when_it_came(decide):
    comment = decide("Same words.")
    decide("Same words.")
    signal(comment, "repeated_text", 2)
    assert keys(found("repeated_text")) == {comment.pk}


def test_it_is_known_of_every_rule_with_a_limit_how_it_is_tried():
    with_limit = {
        one.name for one in RULES if one.limit is not None and not one.is_fixed
    }
    assert with_limit <= OF_WORDS_AND_NAMES | REBUILT.keys() | STILL_FINDS.keys()


def test_a_trial_stores_nothing(decide):
    decide("casino https://a.example https://b.example")
    make_term("casino")
    before = [
        list(model.objects.order_by("pk").values())
        for model in (Comment, Signal, Term, RuleSetting)
    ]
    for rule in RULES:
        if not rule.is_fixed:
            run_trial(rule, Setting(weight=Weight.MARKS), past_comments_for(rule))
    after = [
        list(model.objects.order_by("pk").values())
        for model in (Comment, Signal, Term, RuleSetting)
    ]
    assert after == before


@pytest.mark.parametrize(
    "rule", [one for one in RULES if not one.is_fixed], ids=lambda rule: rule.name
)
def test_a_trial_costs_the_same_for_one_comment_and_many(
    decide, rule, django_assert_max_num_queries, django_assert_num_queries
):
    decide("casino", network="a" * 64)
    with django_assert_max_num_queries(2) as counted:
        past_comments_for(rule)
    for number in range(12):
        decide(f"casino {number}", network="a" * 64, email="a@example.org")
    with django_assert_num_queries(len(counted)):
        for hit in run_trial(rule, Setting(limit=0), past_comments_for(rule)).hits:
            assert hit.excerpt
            assert hit.sentences
            assert hit.comment.article.title


def test_the_words_are_shown_where_they_stand_and_escaped(decide):
    comment = decide("<b>x</b> " * 200 + "casino <i>" + "y " * 400, name="<u>Casino")
    make_term("casino")
    hit = found("suspect_terms").hits[0]
    assert hit.comment == comment
    assert "<mark>casino</mark> &lt;i&gt;" in hit.excerpt
    assert hit.excerpt.startswith("… ")
    assert hit.excerpt.endswith(" …")
    assert "<b>" not in hit.excerpt
    assert hit.name == "&lt;u&gt;<mark>Casino</mark>"


def test_what_another_trial_does_not_find_is_named(decide):
    one, three = (
        decide(" ".join(f"https://{n}.example" for n in range(k))) for k in (2, 3)
    )
    now, asked = found("links"), found("links", Setting(limit=2))
    assert [hit.comment for hit in now.beyond(asked)] == [one]
    assert asked.beyond(now) == ()
    assert keys(asked) == {three.pk}


def test_the_rules_say_how_often_they_fired_and_moderators_agreed(decide):
    approved, rejected, spam = (
        decide("a"),
        decide("b", "reject"),
        decide("c", "mark_spam"),
    )
    for comment in (approved, rejected, spam):
        signal(comment, "links", 2)
        signal(comment, "heated_thread", 40, Weight.INFORMS)
    # An earlier revision of the same comment does not count again.
    signal(spam, "links", 3)
    signal(make_comment(), "links", 3)
    lately = count_recent_findings()
    links, heated = lately.of_rule("links"), lately.of_rule("heated_thread")
    assert (links.times, links.approved, links.rejected) == (3, 1, 2)
    assert (links.acted, links.agreed) == (3, 2)
    assert (heated.times, heated.approved, heated.acted) == (3, 1, 0)
    assert lately.of_rule("flood").times == 0
    assert lately.decided == 3


def test_a_term_is_counted_in_whatever_disguise_it_was_found(decide):
    for body, word in [("a", "C4sino"), ("b", "c a s i n o"), ("c", "other")]:
        signal(decide(body), "banned_terms", 1, words=word)
    lately = count_recent_findings(terms=[fold("casino")])
    assert lately.of_term(fold("casino")).times == 2


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="reads the plan as SQLite writes it"
)
@pytest.mark.parametrize("name", [None, *REBUILT])
def test_the_newest_judgements_are_read_from_their_index_without_sorting(name):
    known = REBUILT[name].known() if name else {}
    plan = Comment.objects.to_try_rules_on().annotate(**known)[:10].explain()
    assert "judged_comments" in plan
    assert "TEMP B-TREE" not in plan
    assert "SCAN U0" not in plan
