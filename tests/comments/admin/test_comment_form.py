import pytest
from django.urls import reverse
from django.utils import timezone

from comments.models import Appeal, Comment, Report, Thread
from comments.models.comment import LONGEST_BODY
from comments.moderation.reports import submit_report
from tests.comments.admin.desk import form_of, said, status_of
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


def decide(client, comment, step, *, filters="", **data):
    data = {"step": step, "seen": comment.version, **data}
    return client.post(form_of(comment, filters), data)


def buttons(page):
    return [
        step
        for step in ["approve", "reject", "mark_spam", "undo", "approve_and_answer"]
        if f'name="step" value="{step}"' in page.text
    ]


def test_the_form_shows_the_comment_with_everything_around_it(client, moderator):
    article = make_visible_article(title="The meadow")
    root = make_shown_comment(article=article, name="Grete", body="It floods.")
    parent = make_shown_comment(parent=root, name="Tom", body="Every spring.")
    comment = make_comment(
        parent=parent, name="Inés", body="And in autumn.", email="ines@example.org"
    )
    make_shown_comment(parent=root, name="Vera", body="Not mine.")
    page = client.get(form_of(comment)).text
    for words in [
        "The meadow",
        "Grete",
        "It floods.",
        "Tom",
        "Every spring.",
        "Inés",
        "And in autumn.",
        "ines@example.org",
        "Vera",
        "Not mine.",
    ]:
        assert words in page
    assert article.get_absolute_url() in page
    assert reverse("admin:articles_article_change", args=[article.pk]) in page
    assert page.count("It floods.") == 1


MARK = '<span class="flag">Unproven address of a known reader</span>'


def test_an_address_that_was_only_typed_is_told_apart(client, moderator):
    new = make_comment(email="ines@example.org")
    page = client.get(form_of(new)).text
    assert MARK not in page
    assert '<span class="quiet">not confirmed</span>' in page
    proven(make_comment(email="ines@example.org"))
    # Also if the reader became known only later.
    assert MARK in client.get(form_of(new)).text
    page = client.get(form_of(proven(new))).text
    assert "not proven" not in page
    assert "not proven" not in client.get(form_of(make_comment())).text


def test_a_comment_under_a_draft_links_to_no_public_page(client, moderator):
    article = make_article(title="Not yet")
    page = client.get(form_of(make_comment(article=article))).text
    assert "Not yet" in page
    assert article.get_absolute_url() not in page
    assert "View on site" not in page


def test_a_shown_comment_links_to_its_place_on_the_site(client, moderator):
    comment = make_shown_comment()
    assert comment.get_absolute_url() in client.get(form_of(comment)).text


def test_the_form_shows_the_reports_with_reasons_sentences_and_staff(
    client, moderator, other
):
    comment = make_shown_comment()
    make_report(comment, reason="spam", sentence="An old one.")
    comment.keep(by=other)
    make_report(comment, reason="abuse", sentence="It insults me.")
    submit_report(Report(comment=comment, reason="unlawful"), networks=["n"], by=other)
    Report.objects.filter(reason="abuse").update(network="0123456789abcdef")
    page = client.get(form_of(comment))
    assert "2 reports to answer" in page.text
    for words in [
        "It insults or threatens someone",
        "It insults me.",
        "It may be unlawful",
        "by <bdi>Bo Lind</bdi>, staff",
        "An old one.",
    ]:
        assert words in page.text
    assert page.text.count(">Answered<") == 1
    assert "0123456789abcdef" not in page.text
    assert "keep" in [step for step, label in page.context["decision_buttons"]]


def test_of_very_many_reports_the_newest_are_shown(client, moderator):
    comment = make_shown_comment()
    Report.objects.bulk_create(
        Report(comment=comment, reason="spam", network=str(n), sentence=f"No. {n}.")
        for n in range(60)
    )
    page = client.get(form_of(comment)).text
    assert "Only the newest 50 are shown." in page
    assert "No. 59." in page
    assert "No. 9." not in page


def test_the_form_shows_the_appeal_until_it_is_answered_and_after(client, moderator):
    comment = make_comment()
    comment.reject()
    Appeal.objects.create(comment=comment, message="I meant it kindly.")
    page = client.get(form_of(comment)).text
    assert "Appeal to answer" in page
    assert "I meant it kindly." in page
    assert '<span class="flag">Appealed</span>' in page
    comment.keep(by=moderator)
    page = client.get(form_of(comment)).text
    assert "Appeal, answered" in page
    assert "I meant it kindly." in page
    assert '<span class="flag">Appealed</span>' not in page


def test_the_form_shows_what_the_screening_found(client, moderator):
    comment = make_comment()
    comment.signals.create(
        text_revision=1, rule="look_alike_byline", words="Priya Nair"
    )
    page = client.get(form_of(comment)).text
    assert "Findings of the screening" in page
    assert "The name resembles that of Priya Nair, an author of this site." in page


def test_the_form_shows_what_the_comment_said_before(client, moderator):
    comment = make_comment(body="What I said first.")
    assert "edited by its author" not in client.get(form_of(comment)).text
    comment.edit("What I say now.")
    page = client.get(form_of(comment)).text
    assert "What I said first." in page
    assert "What I say now." in page
    assert "edited by its author" in page
    assert "Version 2, edited by its author on" in page
    comment.erase()
    assert "What I said first." not in client.get(form_of(comment)).text


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("keep", "It stays approved."),
        ("pick", "Now an editor’s pick."),
        ("unpick", "No longer an editor’s pick."),
    ],
)
def test_a_step_that_leaves_the_status_says_what_it_did(client, moderator, step, words):
    comment = make_shown_comment()
    make_report(comment)
    if step == "unpick":
        comment.pick()
    assert f'value="{step}"' in client.get(form_of(comment)).text
    answer = decide(client, comment, step, note="Fair.")
    assert words in said(answer)[0]
    decision = comment.decisions.first()
    assert (decision.what, decision.by, decision.note) == (step, moderator, "Fair.")


@pytest.mark.parametrize("many", [1, 8])
def test_the_form_takes_the_same_queries_whatever_was_said_around_it(
    client, moderator, django_assert_num_queries, many
):
    root = make_shown_comment()
    for _ in range(many):
        make_shown_comment(parent=root)
    comment = make_comment(parent=root)
    for number in range(many):
        make_comment(parent=root)
        make_comment()
        by = make_user(role="Editors", password=None)
        Report.objects.create(comment=comment, reason="spam", by=by)
        comment.signals.create(text_revision=1, rule=f"rule {number}")
        comment.earlier_texts.create(number=number, body="x")
    # One request before, because Django caches the content type.
    client.get(form_of(comment))
    # session, user, two for permissions, one for the sidebar; the comment, its decisions, the comments before and
    # after it; its reports, findings and earlier texts; six for the place in the list and
    # the neighbours; whether it is shown
    with django_assert_num_queries(20):
        client.get(form_of(comment))


@pytest.mark.parametrize(
    ("status", "possible"),
    [
        ("pending", ["approve", "reject", "mark_spam", "approve_and_answer"]),
        ("approved", ["reject", "mark_spam", "undo"]),
        ("rejected", ["approve", "mark_spam", "undo", "approve_and_answer"]),
        ("spam", ["approve", "reject", "undo", "approve_and_answer"]),
        ("withdrawn", []),
    ],
)
def test_only_steps_that_are_possible_have_a_button(
    client, moderator, status, possible
):
    comment = make_comment()
    step = {
        "approved": comment.approve,
        "rejected": comment.reject,
        "spam": comment.mark_spam,
        "withdrawn": comment.withdraw,
    }.get(status)
    if step:
        step()
    assert buttons(client.get(form_of(comment))) == possible


@pytest.mark.parametrize("status", Comment.Status)
@pytest.mark.parametrize("step", ["approve", "reject", "mark_spam", "undo"])
def test_a_step_has_a_button_exactly_when_it_can_be_taken(
    client, moderator, status, step
):
    comment = make_comment()
    submit_report = {
        "approved": comment.approve,
        "rejected": comment.reject,
        "spam": comment.mark_spam,
        "withdrawn": comment.withdraw,
    }.get(status)
    if submit_report:
        submit_report()
    possible = step in comment.possible_steps
    answer = decide(client, comment, step, reason="abuse")
    assert (answer.status_code == 302) is possible


@pytest.mark.parametrize(
    ("step", "status"),
    [("approve", "approved"), ("reject", "rejected"), ("mark_spam", "spam")],
)
def test_a_decision_is_recorded_with_its_reason_and_note(
    client, moderator, step, status
):
    comment = make_comment()
    decide(client, comment, step, reason="abuse", note="Third time.\r\nSee above.")
    assert status_of(comment) == status
    decision = comment.decisions.get()
    assert (decision.by, decision.note) == (moderator, "Third time.\nSee above.")
    assert decision.reason == ("abuse" if step == "reject" else "")
    page = client.get(form_of(comment)).text
    assert "Ana Sousa" in page
    assert "Third time." in page


def test_a_decision_leads_to_the_next_one_that_waits(client, moderator):
    now = timezone.now()
    first = make_comment(created_at=now - 3 * HOUR)
    second = make_comment(created_at=now - 2 * HOUR)
    third = make_comment(created_at=now - HOUR)
    answer = decide(client, second, "approve")
    assert answer["Location"].startswith(form_of(third).partition("?")[0])
    assert form_of(second).partition("?")[0] in said(answer)[0]
    answer = decide(client, third, "mark_spam", filters="status=pending")
    assert answer["Location"].startswith(reverse("admin:comments_comment_changelist"))
    assert "status" in answer["Location"]
    answer = decide(client, first, "approve", filters="status=pending")
    assert answer.status_code == 302


def test_an_undo_stays_with_the_comment(client, moderator):
    comment = make_shown_comment()
    answer = decide(client, comment, "undo", note="Too quick.")
    assert answer["Location"].startswith(form_of(comment).partition("?")[0])
    assert status_of(comment) == "pending"
    assert comment.decisions.first().note == "Too quick."
    assert Thread.objects.get(article=comment.article).shown_count == 0


def test_who_loses_a_race_is_told_and_keeps_every_word(client, moderator, other):
    comment = make_comment()
    make_comment()
    seen = comment.version
    comment.approve(by=other)
    at = timezone.localtime(comment.decisions.get().at)
    page = client.post(
        form_of(comment),
        {"step": "reject", "seen": seen, "reason": "abuse", "note": "Rude words"},
    )
    assert page.status_code == 409
    assert f"Bo Lind approved this comment on {at:%-d %B %Y, %H:%M %Z}" in page.text
    assert "Rude words" in page.text
    assert '<option value="abuse" selected>' in page.text
    assert 'class="status status--approved"' in page.text
    assert status_of(comment) == "approved"
    assert f'name="seen" value="{comment.version}"' in page.text
    again = decide(client, comment, "reject", reason="abuse", note="Rude words")
    assert again.status_code == 302
    assert status_of(comment) == "rejected"


def test_a_mistake_in_the_form_does_not_hide_a_lost_race(client, moderator, other):
    comment = make_comment()
    seen = comment.version
    comment.approve(by=other)
    page = client.post(form_of(comment), {"step": "reject", "seen": seen})
    assert page.status_code == 422
    assert f'name="seen" value="{seen}"' in page.text


@pytest.mark.parametrize("reason", ["", "because"])
def test_a_rejection_without_a_reason_keeps_the_note(client, moderator, reason):
    comment = make_comment()
    page = decide(client, comment, "reject", reason=reason, note="Rude words")
    assert page.status_code == 422
    assert "Rude words" in page.text
    assert status_of(comment) == "pending"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"step": "publish", "seen": "1"},
        {"step": "approve"},
        {"step": "approve", "seen": "x"},
        {"step": "approve", "seen": "0"},
        {"step": "approve", "seen": "9" * 30},
        {"step": "approve", "seen": "1", "note": "x" * 2001},
    ],
)
def test_what_no_form_of_ours_sends_decides_nothing(client, moderator, data):
    comment = make_comment()
    page = client.post(form_of(comment), data)
    assert page.status_code in {409, 422}
    assert "errornote" in page.text
    assert status_of(comment) == "pending"


def test_characters_that_no_database_keeps_are_taken_out(client, moderator):
    comment = make_comment()
    decide(client, comment, "approve_and_answer", note="a\0b", answer="c\0d\x08e")
    assert comment.decisions.get().note == "ab"
    assert comment.answers.get().body == "cde"


def test_moderators_do_not_rewrite_what_people_said(client, moderator):
    comment = make_comment(name="Inés", body="My words.")
    decide(client, comment, "approve", body="Your words.", name="Bo", email="x@y.org")
    comment.refresh_from_db()
    assert (comment.name, comment.body, comment.email) == ("Inés", "My words.", "")


def test_an_answer_is_published_under_the_name_of_the_moderator(client, moderator):
    comment = make_shown_comment()
    answer = decide(client, comment, "answer", answer="Thank you.\r\n\r\nWe look.")
    assert answer["Location"].startswith(form_of(comment).partition("?")[0])
    reply = comment.answers.get()
    assert (reply.name, reply.by) == ("Ana Sousa", moderator)
    assert reply.body == "Thank you.\n\nWe look."
    assert reply in Comment.objects.shown()


def test_a_waiting_comment_is_approved_with_its_answer(client, moderator):
    comment = make_comment()
    decide(client, comment, "approve_and_answer", answer="Yes.", note="Fair")
    assert status_of(comment) == "approved"
    assert comment.answers.get() in Comment.objects.shown()
    assert Thread.objects.get(article=comment.article).shown_count == 2


def test_an_answer_may_be_as_long_as_a_comment(client, moderator):
    comment = make_shown_comment()
    lines = ["four"] * (LONGEST_BODY // 5 - 1) + ["fifth"]
    decide(client, comment, "answer", answer="\r\n".join(lines))
    assert len(comment.answers.get().body) == LONGEST_BODY


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [("  ", "Write your reply first."), ("y" * (LONGEST_BODY + 1), "at most 5000")],
)
def test_an_answer_that_cannot_be_sent_is_kept(client, moderator, answer, sentence):
    comment = make_shown_comment()
    page = decide(client, comment, "answer", answer=answer, note="Keep me")
    assert page.status_code == 422
    assert sentence in page.text
    assert answer.strip() in page.text
    assert "Keep me" in page.text
    assert not comment.answers.exists()


def test_what_is_not_shown_is_not_answered_and_the_answer_is_kept(client, moderator):
    comment = make_comment()
    page = decide(client, comment, "answer", answer="Thank you.")
    assert page.status_code == 409
    assert "Approve it first." in page.text
    assert "Thank you." in page.text
    assert not comment.answers.exists()


def test_a_decision_does_not_throw_an_answer_away(client, moderator):
    comment = make_comment()
    page = decide(client, comment, "approve", answer="Thank you.")
    assert page.status_code == 422
    assert "This reply would not be sent." in page.text
    [field] = [tag for tag in page.text.split("<textarea") if 'name="answer"' in tag]
    assert ">\nThank you.</textarea>" in field
    assert "autofocus" in field
    assert status_of(comment) == "pending"


def test_an_answer_to_what_has_changed_meanwhile_is_kept(client, moderator, other):
    comment = make_shown_comment()
    seen = comment.version
    comment.mark_spam(by=other)
    page = client.post(
        form_of(comment), {"step": "answer", "seen": seen, "answer": "Thank you."}
    )
    assert page.status_code == 409
    assert "Bo Lind marked this comment as spam" in page.text
    assert "Thank you.</textarea>" in page.text
    assert not comment.answers.exists()


@pytest.mark.parametrize("key", ["0", "999999999", "x", "9" * 40])
def test_a_comment_that_is_not_there_leads_back_to_the_desk(client, moderator, key):
    address = f"/admin/comments/comment/{key}/change/"
    assert client.get(address)["Location"] == reverse("admin:index")


def test_the_form_ignores_filters_that_mean_nothing(client, moderator):
    comment = make_comment()
    for query in ["?status=nonsense", "?_changelist_filters=status%3Dnonsense%26x%3D1"]:
        address = reverse("admin:comments_comment_change", args=[comment.pk])
        assert client.get(address + query).status_code == 200
