import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.asserts import assertContains

from comments.models import Appeal, Batch, Comment, Commenter, Decision
from comments.moderation.queue import seen
from tests.comments.admin.desk import status_of
from tests.comments.admin.queue_page import (
    DECIDE,
    DIFFERENT,
    NEWS,
    QUEUE,
    SCRIPT,
    UNDO,
    keys,
    press,
)
from tests.factories import (
    HOUR,
    make_article,
    make_comment,
    make_report,
    make_shown_comment,
    make_user,
    make_visible_article,
    proven,
)


def test_the_cards_tell_apart_where_the_address_of_a_known_reader_was_typed(
    client, db, django_assert_num_queries
):
    client.force_login(make_user(role="Moderators"))
    mark = '<span class="flag">Unproven address of a known reader</span>'
    proven(make_comment(body=DIFFERENT[0], email="ines@example.org"))
    make_comment(body=DIFFERENT[1], email="new@example.org")
    assert mark not in client.get(QUEUE).text
    with CaptureQueriesContext(connection) as one:
        client.get(QUEUE)
    for body in DIFFERENT[2:]:
        make_comment(body=body, email="INES@example.org")
    with django_assert_num_queries(len(one)):
        assert client.get(QUEUE).text.count(mark) == 2
    # All comments of a card together.
    for _ in range(2):
        make_comment(body=DIFFERENT[2], email="ines@example.org")
    assert client.get(QUEUE).text.count(mark) == 5


# The page


def test_the_desk_leads_there_first(client, moderator):
    make_comment()
    page = client.get("/admin/").text
    needs = page.partition('id="needs-you"')[2]
    assert needs.index(QUEUE) < needs.index("Nothing more is scheduled")
    assert QUEUE in client.get("/admin/comments/comment/").text


def test_an_empty_queue_says_so(client, moderator):
    assert "No comments are waiting for a decision." in client.get(QUEUE).text


@pytest.mark.every_case
@pytest.mark.parametrize(
    "query",
    [
        "pile=nothing",
        "after=x",
        "after=-1--1",
        "article=x",
        "article=" + "9" * 40,
        "pile=reported&after=1.x",
        "pile=reported&after=" + "9" * 30 + ".1-1",
        "since=x",
        "since=1-99999999999999999999999",
        "undo=x",
        "undo=batch-x",
        "order=x",
        "pile=appealed&after=%00",
    ],
)
def test_an_address_that_nobody_was_given_is_no_error(client, moderator, query):
    assert client.get(f"{QUEUE}?{query}").status_code == 200
    assert client.get(f"{NEWS}?{query}").status_code == 200


def test_a_card_says_what_one_must_know_to_decide(client, moderator, other):
    article = make_visible_article(title="The night of the water")
    parent = make_shown_comment(article=article, name="Edda", body="It was the wind.")
    comment = make_comment(
        parent=parent,
        name="Ruth",
        body="Buy casino chips.",
        created_at=timezone.now() - HOUR,
    )
    comment.signals.create(
        text_revision=1, rule="classifier", value=0.83, limit=0.2, words="casino"
    )
    page = client.get(QUEUE).text
    for words in [
        "The night of the water",
        "It was the wind.",
        "Ruth",
        "Buy <mark>casino</mark> chips.",
        "Possibly spam (words: casino).",
        "Waiting for 1 hour",
    ]:
        assert words in page, words


def test_what_was_found_in_an_earlier_text_is_not_said_of_the_new_one(
    client, moderator
):
    comment = make_comment(body="Buy casino chips.")
    comment.signals.create(text_revision=1, rule="banned_terms", words="casino")
    comment.edit("I like casino songs.")
    page = client.get(QUEUE).text
    assert "<mark>" not in page
    assert "The screening found nothing." in page
    assert "Buy casino chips." in page


def test_a_card_says_what_is_known_of_who_wrote_it(client, moderator, other):
    person = Commenter.objects.create()
    make_comment(commenter=person, body=DIFFERENT[0]).reject(by=other, reason="abuse")
    person.notes.create(text="Twice warned.", by=other, by_name="Bo Lind")
    comment = make_comment(commenter=person, body=DIFFERENT[1])
    page = client.get(QUEUE).text
    assert f"/admin/comments/commenter/{person.pk}/" in page
    assert "latest" in page
    mute = re.search(r'href="([^"]*/mute/[^"]*)"', page)[1].replace("&amp;", "&")
    assert f"comment={comment.pk}" in mute
    assert client.get(mute).status_code == 200


def test_reports_and_appeals_are_on_the_card(client, moderator, other):
    reported, refused = make_shown_comment(), make_shown_comment()
    make_report(reported, sentence="He names my street.")
    refused.reject(by=other, reason="abuse", note="Third time.")
    Appeal.objects.create(comment=refused, message="I meant the tide.")
    page = client.get(f"{QUEUE}?pile=reported").text
    assert "1 report to answer" in page
    assert "Reported once." in page
    assert "He names my street." in page
    page = client.get(f"{QUEUE}?pile=appealed").text
    assert "I meant the tide." in page
    assert "Its author has appealed." in page
    assert "Bo Lind" in page
    assert "Third time." in page


ATTACK = '</div></article><script>alert(1)</script><img src=x onerror="alert(1)">'


def test_nothing_that_people_wrote_becomes_anything_but_text(client, moderator):
    article = make_visible_article(title=ATTACK)
    parent = make_shown_comment(article=article, name=ATTACK[:80], body=ATTACK)
    comment = make_comment(parent=parent, name=ATTACK, body=ATTACK)
    twin = make_comment(article=article, name=ATTACK, body=ATTACK)
    comment.edit(ATTACK + " Again.")
    for rule in ["banned_terms", "look_alike_staff", ATTACK[:40]]:
        comment.signals.create(text_revision=2, rule=rule, words=ATTACK)
    moderator.first_name = ATTACK
    moderator.save()
    make_report(parent, sentence=ATTACK)
    parent.refresh_from_db()
    parent.reports.update(by=moderator)
    twin.reject(by=moderator, reason="other", explanation=ATTACK, note=ATTACK)
    Appeal.objects.create(comment=twin, message=ATTACK)
    pages = [
        client.get(f"{QUEUE}?pile={pile}").text
        for pile in ["waiting", "reported", "appealed", "decided"]
    ]
    comment.refresh_from_db()
    words = {"explanation": ATTACK, "note": ATTACK, "answer": ATTACK}
    pages.append(press(client, "approve", comment, **words).text)
    stale = {"step": "approve", "seen": f"{comment.pk}-1-1"}
    pages.append(client.post(DECIDE, stale).text)
    answer = client.post(DECIDE, stale, headers=SCRIPT).json()
    pages.append(answer["parts"][0]["html"])
    comment.refresh_from_db()
    answer = press(client, "approve", comment, script=True).json()
    pages.append(answer["parts"][0]["html"])
    comment.refresh_from_db()
    pages.append(
        press(client, "reject-abuse", comment, script=False).text
        or client.get(QUEUE).text
    )
    for page in pages:
        assert "&lt;script&gt;" in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page


# Query counts


def queries_for(client, address):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def make_whole(number):
    """A comment for each list of the queue, with everything that a card can show."""
    person = Commenter.objects.create()
    person.notes.create(text="Warned.", by_name="Bo")
    parent = make_shown_comment(commenter=person)
    for body in DIFFERENT[:2]:
        words = f"{body} {number}{'x' * number}"
        comment = make_comment(parent=parent, body=words, commenter=person)
        comment.edit(f"{body} {number}{'y' * number}")
        comment.signals.create(text_revision=2, rule="banned_terms", words="bread")
    refused = make_shown_comment(commenter=person)
    make_report(refused)
    refused.reject(by=make_user(role="Moderators", password=None), reason="abuse")
    Appeal.objects.create(comment=refused, message="No.")
    make_report(parent)


@pytest.mark.parametrize("pile", ["waiting", "reported", "appealed", "decided"])
def test_a_pile_costs_the_same_for_one_card_and_many(client, moderator, pile):
    make_whole(0)
    one = queries_for(client, f"{QUEUE}?pile={pile}")
    for number in range(1, 6):
        make_whole(number)
    many = queries_for(client, f"{QUEUE}?pile={pile}")
    assert many == one <= 20


def test_to_look_for_what_is_new_costs_little(client, moderator, waiting):
    mark = client.get(QUEUE).context["mark"]
    assert queries_for(client, f"{NEWS}?{mark}") <= 6


# Deciding


@pytest.mark.parametrize(
    ("step", "status", "reason"),
    [
        ("approve", "approved", ""),
        ("reject-off_topic", "rejected", "off_topic"),
        ("mark_spam", "spam", ""),
    ],
)
def test_a_press_decides_and_leads_back_to_the_next(
    client, moderator, waiting, step, status, reason
):
    first, second, *_ = waiting
    answer = press(
        client, step, first, back="pile=waiting&order=article", next=second.pk
    )
    assert answer.status_code == 302
    first.refresh_from_db()
    undo = seen(first)
    assert answer["Location"] == (
        f"{QUEUE}?pile=waiting&order=article&undo={undo}#comment-{second.pk}"
    )
    decision = first.decisions.get()
    assert (first.status, decision.reason, decision.by) == (status, reason, moderator)
    page = client.get(answer["Location"])
    assert "Undo your last decision" in page.text
    assert f"“<bdi>{first.body}</bdi>”" in page.text
    client.post(DECIDE, {"step": "undo", "seen": undo})
    assert status_of(first) == "pending"


def test_the_way_back_leads_nowhere_else(client, moderator, waiting):
    answer = press(client, "approve", waiting[0], back="//evil.example/?x=1", next="x")
    assert answer["Location"].startswith(f"{QUEUE}?pile=waiting&undo=")


def test_the_author_is_told_what_the_moderator_lets_them_know(
    client, moderator, waiting
):
    press(client, "reject-abuse", waiting[0], explanation="Calm down.", told="on")
    press(client, "reject-abuse", waiting[1], note="Again.")
    told, untold = (comment.decisions.get() for comment in waiting[:2])
    assert (told.told, told.explanation) == (True, "Calm down.")
    assert (untold.told, untold.note) == (False, "Again.")


@pytest.mark.parametrize("script", [False, True])
def test_another_reason_must_be_written(client, moderator, waiting, script):
    note = "He has\nbeen warned."
    answer = press(client, "reject-other", waiting[0], note=note, script=script)
    assert answer.status_code == 422
    assert status_of(waiting[0]) == "pending"
    if script:
        assert answer.json()["fields"] == ["explanation"]
    else:
        assert "Write the reason, then reject." in answer.text
        assert note in answer.text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"step": "approve"}, "no comment is selected"),
        ({"step": "approve", "seen": "x"}, "Open the queue again"),
        ({"step": "approve", "seen": "1-2-3-4"}, "Open the queue again"),
        ({"step": "approve", "seen": "9" * 30 + "-1"}, "Open the queue again"),
        ({"step": "delete", "seen": "1-1"}, "Press one of the buttons"),
        ({"seen": "1-1 2-1"}, "Press one of the buttons"),
        ({"step": "undo", "seen": "1-1 2-1"}, "one comment at a time"),
        ({"step": "answer", "seen": ["1-1", "2-1"], "answer": "A"}, "one comment at"),
    ],
)
@pytest.mark.parametrize("script", [False, True])
def test_what_the_page_does_not_send_decides_nothing(
    client, moderator, data, sentence, script
):
    answer = client.post(DECIDE, data, headers=SCRIPT if script else {})
    assert answer.status_code == 422
    text = answer.json()["said"] if script else answer.text
    assert sentence in text
    assert not Decision.objects.exists()


def test_a_comment_that_is_not_there_is_not_found(client, moderator):
    assert (
        client.post(DECIDE, {"step": "approve", "seen": "999999-1"}).status_code == 404
    )
    assert client.post(UNDO, {"batch": "999999"}).status_code == 404
    assert client.post(UNDO, {"batch": "x"}).status_code == 404


def test_an_answer_is_sent_from_the_card(client, moderator, waiting):
    press(client, "approve_and_answer", waiting[0], answer="Thank you.")
    assert status_of(waiting[0]) == "approved"
    assert waiting[0].answers.get().body == "Thank you."


def test_an_answer_that_would_be_lost_is_not(client, moderator, waiting):
    page = press(client, "approve", waiting[0], answer="Thank you.")
    assert page.status_code == 422
    assert "Thank you." in page.text
    assert status_of(waiting[0]) == "pending"


def test_a_comment_under_a_withdrawn_article_can_be_approved_and_stays_hidden(
    client, moderator
):
    comment = make_comment()
    comment.article.withdraw(reason="Wrong.")
    assert (
        "The article is not public, so readers do not see the comment"
        in client.get(QUEUE).text
    )
    assert press(client, "approve", comment).status_code == 302
    comment.refresh_from_db()
    assert comment.is_approved
    assert not comment.is_shown


# Two moderators


@pytest.mark.parametrize("script", [False, True])
def test_the_second_of_two_moderators_sees_who_decided_what(
    client, moderator, other, waiting, script
):
    comment = waiting[0]
    was = seen(comment)
    comment.reject(by=other, reason="abuse")
    data = {"step": "approve", "seen": was, "note": "Fine."}
    answer = client.post(DECIDE, data, headers=SCRIPT if script else {})
    assert answer.status_code == 409
    text = answer.json()["parts"][0]["html"] if script else answer.text
    assert "Bo Lind rejected this comment" in text
    assert f'value="{comment.pk}-2-1"' in text
    assert status_of(comment) == "rejected"


def test_words_that_changed_are_shown_beside_those_that_were_read(
    client, moderator, waiting
):
    comment = waiting[0]
    was = seen(comment)
    comment.edit("Now it says something vile.")
    page = client.post(DECIDE, {"step": "approve", "seen": was})
    assert page.status_code == 409
    assert status_of(comment) == "pending"
    assert "The text has changed since you read it." in page.text
    assert page.text.index(DIFFERENT[0]) < page.text.index(
        "Now it says something vile."
    )
    comment.refresh_from_db()
    assert press(client, "approve", comment).status_code == 302


def test_many_are_decided_as_one_batch_and_undone_as_one(client, moderator, waiting):
    answer = press(client, "reject-spam", *waiting[:3], told="on")
    batch = Batch.objects.get()
    assert keys(Comment.objects.filter(status="rejected")) == keys(waiting[:3])
    assert f"undo=batch-{batch.pk}" in answer["Location"]
    assert 'name="batch"' in client.get(answer["Location"]).text
    client.post(UNDO, {"batch": batch.pk})
    assert not Comment.objects.exclude(status="pending").exists()
    again = client.post(UNDO, {"batch": batch.pk})
    assert again.status_code == 409
    assert "has already undone these decisions" in again.text


def test_of_many_the_stale_are_left_out_and_listed(client, moderator, other, waiting):
    were = [seen(comment) for comment in waiting[:3]]
    waiting[0].mark_spam(by=other)
    late = make_comment(body="I came afterwards.")
    page = client.post(DECIDE, {"step": "approve", "seen": " ".join(were)})
    assert page.status_code == 409
    assert "Approved: 2 comments" in page.text
    assert "Bo Lind marked this comment as spam" in page.text
    assert 'name="batch"' in page.text
    assert [status_of(comment) for comment in [*waiting[:3], late]] == [
        "spam",
        "approved",
        "approved",
        "pending",
    ]


def test_selected_cards_that_could_not_be_decided_stay_selected(
    client, moderator, waiting
):
    page = client.post(DECIDE, {"seen": [seen(one) for one in waiting[:2]]})
    assert page.status_code == 422
    assert len(re.findall(r'name="seen" value="[^"]*"[^>]* checked', page.text)) == 2


# The script of the page


def test_under_an_article_that_is_no_more_public_the_card_says_so(client, moderator):
    make_comment(article=make_article(title="A draft"))
    assert "Draft" in client.get(QUEUE).text


def test_words_taken_out_leave_the_sentence_why_it_waits(client, moderator):
    comment = make_comment(body="Call Ana on 555-1234, or see http://a.example.")
    comment.signals.create(text_revision=1, rule="new_commenter", value=0, limit=2)
    comment.redact("Call Ana on …, or see http://a.example.", by=moderator)
    assertContains(
        client.get(QUEUE),
        "Held for a moderator. No approved comments by this person yet.",
    )
    comment.undo(by=moderator)
    assertContains(
        client.get(QUEUE),
        "Held for a moderator. No approved comments by this person yet.",
    )


def test_what_was_found_in_words_their_author_has_changed_is_told_no_more(
    client, moderator
):
    comment = make_comment(body="See http://a.example and http://b.example.")
    comment.signals.create(text_revision=1, rule="new_commenter", value=0, limit=2)
    comment.edit("See for yourself.")
    comment.redact("See.", by=moderator)
    assertContains(client.get(QUEUE), "The screening found nothing.")


def test_the_queue_leads_to_the_rules_and_the_numbers(client, moderator):
    page = client.get(QUEUE)
    assertContains(page, 'href="/admin/comments/rulesetting/"')
    assertContains(page, 'href="/admin/comments/numbers/"')


def test_the_conversation_is_held_from_the_card_and_the_card_stays_open(
    client, moderator
):
    comment = make_comment()
    client.post(
        DECIDE,
        {"step": "thread", "seen": seen(comment), "policy": "held"},
    )
    step = comment.article.thread.steps.get()
    assert (step.to_policy, step.by_name) == ("held", "Ana Sousa")
    comment.refresh_from_db()
    assert comment.is_waiting
