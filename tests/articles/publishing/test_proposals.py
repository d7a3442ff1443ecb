import pytest
from django.core import mail

from articles.models import Proposal, TransitionError
from articles.publishing import actions
from articles.publishing.actions import EditConflict
from articles.publishing.proposals import decline, propose, take_back, take_over
from newsroom.accounts.account_mail import send_due_account_mail
from tests.factories import make_user, make_visible_article


@pytest.fixture
def writer(db):
    return make_user(
        role="Writers", first_name="Ana", last_name="Ruiz", email="ana@news.example"
    )


@pytest.fixture
def editor(db):
    return make_user(role="Editors", first_name="Edda", last_name="Torres")


@pytest.fixture
def article(writer):
    return make_visible_article(title="Harbour", created_by=writer)


def test_a_proposal_changes_neither_the_page_nor_the_working_copy(article, writer):
    before = article.working_content()
    proposal = propose(article, {"title": "Harbour reopens"}, by=writer, note="Today.")
    article.refresh_from_db()
    assert article.title == "Harbour"
    assert article.working_content() == before
    assert proposal.revision.kind == "proposed"
    step = article.steps.first()
    assert (step.what, step.by, step.reason) == ("propose", writer, "Today.")


def test_what_changes_nothing_is_not_proposed(article, writer):
    with pytest.raises(TransitionError, match="is the same as the article"):
        propose(article, {"title": "Harbour"}, by=writer)
    assert not article.proposals.exists()
    assert not article.revisions.proposed().exists()


def test_a_writer_has_one_proposal_that_waits_and_goes_on_with_it(article, writer):
    propose(article, {"title": "One"}, by=writer)
    propose(article, {"title": "Two"}, by=writer)
    propose(article, {"title": "Another"}, by=make_user(role="Writers"))
    [waiting] = article.proposals.open().of(writer)
    assert waiting.revision.content["title"] == "Two"
    assert article.proposals.count() == 2


def test_what_is_taken_over_waits_in_the_working_copy_and_names_the_writer(
    article, writer, editor
):
    proposal = propose(article, {"title": "Harbour reopens"}, by=writer, note="Today.")
    take_over(proposal, by=editor)
    article.refresh_from_db()
    assert article.title == "Harbour"
    copy = article.working_copy
    assert (copy.content["title"], copy.by) == ("Harbour reopens", editor)
    assert copy.note == "Proposed by Ana Ruiz. Today."
    assert article.steps.first().what == "take_over"
    assert not Proposal.objects.open().exists()


def test_what_others_saved_since_stays_where_the_writer_did_not_touch_it(
    article, writer, editor
):
    began = article.keep_revision()
    proposal = propose(article, {"title": "Better"}, by=writer, began_from=began.pk)
    actions.save(article, {"standfirst": "Since then."}, began_from=began.pk, by=editor)
    take_over(proposal, by=editor)
    content = article.working_content()
    assert (content["title"], content["standfirst"]) == ("Better", "Since then.")


def test_where_both_changed_the_same_nothing_is_taken_over(article, writer, editor):
    began = article.keep_revision()
    proposal = propose(article, {"title": "Better"}, by=writer, began_from=began.pk)
    actions.save(article, {"title": "Other"}, began_from=began.pk, by=editor)
    with pytest.raises(EditConflict) as raised:
        take_over(proposal, by=editor)
    assert raised.value.parts == ["title"]
    proposal.refresh_from_db()
    assert proposal.is_open
    assert article.working_content()["title"] == "Other"


def test_a_refusal_says_why_and_is_mailed(article, writer, editor):
    proposal = propose(article, {"title": "Better"}, by=writer)
    decline(proposal, answer="It is not confirmed.", by=editor)
    send_due_account_mail()
    [message] = mail.outbox
    assert message.to == ["ana@news.example"]
    assert "It is not confirmed." in message.body
    assert f"/proposals/{proposal.pk}/" in message.body
    assert (proposal.status, proposal.answered_by_name) == ("declined", "Edda Torres")
    assert article.working_content()["title"] == "Harbour"


def test_what_is_taken_over_is_mailed_as_well(article, writer, editor):
    proposal = propose(article, {"title": "Better"}, by=writer)
    take_over(proposal, by=editor)
    send_due_account_mail()
    assert "accepted the changes you proposed" in mail.outbox[0].body


def test_a_proposal_is_answered_once(article, writer, editor):
    proposal = propose(article, {"title": "Better"}, by=writer)
    same = Proposal.objects.get(pk=proposal.pk)
    take_back(proposal, by=writer)
    with pytest.raises(TransitionError, match="Ana Ruiz was faster"):
        take_over(same, by=editor)
    assert article.working_content()["title"] == "Harbour"
    assert article.steps.filter(what="take_over").count() == 0


def test_after_an_answer_the_writer_can_propose_again(article, writer, editor):
    decline(propose(article, {"title": "One"}, by=writer), answer="No.", by=editor)
    propose(article, {"title": "Two"}, by=writer)
    assert [one.status for one in article.proposals.all()] == ["open", "declined"]


def test_the_proposals_of_an_account_that_is_gone_can_still_be_answered(
    article, writer, editor
):
    proposal = propose(article, {"title": "Better"}, by=writer)
    writer.delete()
    take_over(Proposal.objects.get(pk=proposal.pk), by=editor)
    assert article.working_copy.note.startswith("Proposed by Ana Ruiz.")


def test_only_the_words_that_were_read_are_taken_over(article, writer, editor):
    read = propose(article, {"title": "Better"}, by=writer)
    at = read.at
    propose(article, {"title": "Something else"}, by=writer)
    for answer in [take_over, lambda one, **by: decline(one, answer="No.", **by)]:
        read.at = at
        with pytest.raises(
            TransitionError, match="changed this proposal after you opened it"
        ):
            answer(read, by=editor)
    assert Proposal.objects.open().exists()
    assert article.working_content()["title"] == "Harbour"
