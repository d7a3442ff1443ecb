import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Proposal
from articles.publishing import actions as steps
from articles.publishing.proposals import decline, propose, take_over
from tests.articles.admin.desk import LIST, form_of, said, typed
from tests.factories import (
    make_article,
    make_image,
    make_user,
    make_visible_article,
)


def propose_page(article):
    return reverse("admin:articles_article_propose", args=[article.pk])


def page_of(proposal):
    return reverse(
        "admin:articles_article_proposal", args=[proposal.article_id, proposal.pk]
    )


@pytest.fixture
def article(writer):
    return make_visible_article(title="Harbour", created_by=writer, tags=["Sea"])


@pytest.fixture
def at_home(client, writer):
    client.force_login(writer)
    return client


def test_a_writer_proposes_from_a_form_like_the_articles_own(at_home, article, writer):
    page = at_home.get(form_of(article)).content.decode()
    assert propose_page(article) in page
    page = at_home.get(propose_page(article)).content.decode()
    assert "Harbour</textarea>" in page
    assert 'value="Sea"' in page
    assert 'name="slug"' not in page
    response = at_home.post(
        propose_page(article), typed(article, title="Harbour reopens", note="Today.")
    )
    assert "was sent to the editors" in said(response)
    [proposal] = article.proposals.all()
    assert proposal.revision.content["title"] == "Harbour reopens"
    assert proposal.revision.content["tags"] == ["Sea"]
    article.refresh_from_db()
    assert article.title == "Harbour"
    assert not article.has_unpublished_changes
    page = at_home.get(propose_page(article)).content.decode()
    assert "Harbour reopens</textarea>" in page


def test_a_mistake_keeps_every_word(at_home, article):
    page = at_home.post(
        propose_page(article),
        typed(article, title="", standfirst="Long thought over", note="Because."),
    )
    assert page.status_code == 422
    html = page.content.decode()
    assert "This field is required." in html
    assert "Long thought over" in html
    assert "Because." in html
    page = at_home.post(propose_page(article), typed(article, tags="Unheard of"))
    assert "does not exist" in page.content.decode()
    page = at_home.post(propose_page(article), typed(article))
    assert "is the same as the article" in page.content.decode()


def test_what_is_proposed_is_cleaned_and_escaped(at_home, article, editor):
    bad = '<p onclick="x()">Words<script>alert(1)</script></p>'
    at_home.post(propose_page(article), typed(article, body=bad, title="<b>T</b>"))
    [proposal] = article.proposals.all()
    assert proposal.revision.content["body"] == "<p>Words</p>"
    at_home.force_login(editor)
    page = at_home.get(page_of(proposal)).content.decode()
    assert "<b>T" not in page
    assert "&lt;b&gt;T&lt;/b&gt;" in page


def test_an_editor_sees_both_texts_and_takes_the_proposal_over(desk, article, writer):
    proposal = propose(article, {"title": "Harbour reopens"}, by=writer)
    assert page_of(proposal) in desk.get(form_of(article)).content.decode()
    assert str(article) in desk.get(LIST, {"proposals": "open"}).content.decode()
    page = desk.get(page_of(proposal)).content.decode()
    assert "reopens" in page
    response = desk.post(page_of(proposal), {"_take_over": ""})
    assert "are in the working copy" in said(response)
    assert article.working_content()["title"] == "Harbour reopens"
    assert ">Accept<" not in desk.get(page_of(proposal)).content.decode()


def test_declining_wants_a_reason(desk, article, writer):
    proposal = propose(article, {"title": "Better"}, by=writer)
    page = desk.post(page_of(proposal), {"_decline": "", "answer": ""})
    assert page.status_code == 422
    assert "Say why you decline it." in page.content.decode()
    desk.post(page_of(proposal), {"_decline": "", "answer": "Not confirmed."})
    proposal.refresh_from_db()
    assert (proposal.status, proposal.answer) == ("declined", "Not confirmed.")
    desk.force_login(writer)
    assert "Not confirmed." in desk.get(form_of(article)).content.decode()


def test_a_conflict_is_said_and_loses_nothing(desk, article, writer, editor):
    began = article.keep_revision()
    proposal = propose(article, {"title": "Better"}, by=writer, began_from=began.pk)
    steps.save(article, {"title": "Other"}, by=editor, began_from=began.pk)
    page = desk.post(page_of(proposal), {"_take_over": ""})
    assert page.status_code == 409
    assert "changed the same parts: Title" in page.content.decode()
    assert "Better" in page.content.decode()
    assert Proposal.objects.open().exists()


def test_the_writer_takes_it_back(at_home, article, writer):
    proposal = propose(article, {"title": "Better"}, by=writer)
    at_home.post(page_of(proposal), {"_take_back": ""})
    proposal.refresh_from_db()
    assert proposal.status == "withdrawn"
    page = at_home.post(page_of(proposal), {"_take_back": ""})
    assert page.status_code == 409


def test_a_writer_answers_no_proposal(at_home, article, writer):
    proposal = propose(article, {"title": "Better"}, by=writer)
    for button in ["_take_over", "_decline", ""]:
        answer = at_home.post(page_of(proposal), {button: "", "answer": "x"})
        assert answer.status_code == 403
    assert Proposal.objects.open().exists()


@pytest.mark.parametrize(
    ("role", "to_propose", "to_look"),
    [("Writers", 404, 404), ("Editors", 403, 200), ("Moderators", 403, 403)],
)
def test_others_propose_nothing(client, article, writer, role, to_propose, to_look):
    proposal = propose(article, {"title": "Better"}, by=writer)
    client.force_login(make_user(role=role))
    assert client.get(propose_page(article)).status_code == to_propose
    assert client.post(propose_page(article), typed(article)).status_code == to_propose
    assert client.get(page_of(proposal)).status_code == to_look


def test_to_ones_own_draft_nothing_is_proposed_it_is_changed(at_home, writer):
    draft = make_article(created_by=writer)
    assert at_home.get(propose_page(draft)).status_code == 403
    draft.submit()
    assert at_home.get(propose_page(draft)).status_code == 200


def test_nothing_is_answered_that_was_not_sent_from_here(article, writer, editor):
    proposal = propose(article, {"title": "Better"}, by=writer)
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    assert client.post(page_of(proposal), {"_take_over": ""}).status_code == 403
    assert Proposal.objects.open().exists()


def test_a_proposal_of_another_article_is_not_there(desk, article, writer):
    proposal = propose(article, {"title": "Better"}, by=writer)
    other = make_visible_article()
    address = reverse("admin:articles_article_proposal", args=[other.pk, proposal.pk])
    assert desk.get(address).status_code == 404


def test_the_form_asks_as_much_for_one_proposal_as_for_many(desk, article):
    numbers = set()
    for _ in range(2):
        for _ in range(4):
            propose(article, {"title": "Better"}, by=make_user(role="Writers"))
        desk.get(form_of(article))
        with CaptureQueriesContext(connection) as queries:
            desk.get(form_of(article))
        numbers.add(len(queries))
    assert len(numbers) == 1


def test_words_that_changed_since_they_were_read_are_shown_and_not_taken_over(
    desk, article, writer
):
    proposal = propose(article, {"title": "Better"}, by=writer)
    seen = desk.get(page_of(proposal)).context["form"]["seen"].value()
    propose(article, {"title": "Something else"}, by=writer)
    page = desk.post(page_of(proposal), {"_take_over": "", "seen": seen})
    assert page.status_code == 409
    html = page.content.decode()
    assert "changed this proposal after you opened it" in html
    assert "Something else" in html
    assert article.working_content()["title"] == "Harbour"
    seen = page.context["form"]["seen"].value()
    desk.post(page_of(proposal), {"_take_over": "", "seen": seen})
    assert article.working_content()["title"] == "Something else"


def test_a_lead_image_is_proposed_as_well(at_home, article):
    image = make_image()
    page = at_home.get(propose_page(article)).content.decode()
    assert 'name="lead_caption"' in page
    fields = {"lead_image": image.pk, "lead_caption": "In May"}
    at_home.post(propose_page(article), typed(article, **fields))
    lead = {"image": image.pk, "alt": "", "caption": "In May"}
    assert article.proposals.get().revision.content["lead_image"] == lead


def test_words_for_an_article_that_came_back_meanwhile_are_shown(at_home, article):
    article.withdraw(reason="x")
    article.return_to_draft(note="Yours again.")
    page = at_home.post(
        propose_page(article), typed(article, title="Long thought over")
    )
    assert page.status_code == 403
    assert "Long thought over" in page.content.decode()


def test_what_others_changed_since_is_not_shown_as_the_writers_doing(
    desk, article, writer, editor
):
    began = article.keep_revision()
    proposal = propose(article, {"title": "Better"}, by=writer, began_from=began.pk)
    steps.save(article, {"tags": ["Sea", "Fish"]}, by=editor, began_from=began.pk)
    page = desk.get(page_of(proposal))
    assert [label for label, _ in page.context["parts"]] == ["Title"]
    assert page.context["conflicts"] == ""
    steps.save(
        article,
        {"title": "Other"},
        by=editor,
        began_from=article.working_copy.pk,
    )
    page = desk.get(page_of(proposal)).content.decode()
    assert "Someone has changed the same parts since this was proposed: Title" in page


def test_moderators_read_nothing_of_what_writers_propose(client, article, writer):
    proposal = propose(
        article, {"title": "Told in confidence"}, by=writer, note="My source is Ana."
    )
    history = reverse("admin:articles_article_revisions", args=[article.pk])
    compare = reverse("admin:articles_article_compare", args=[article.pk])
    addresses = [
        form_of(article),
        history,
        f"{compare}?to={proposal.revision_id}",
        f"{compare}?from={proposal.revision_id}&to=live",
    ]
    client.force_login(make_user(role="Moderators"))
    pages = [client.get(address) for address in addresses]
    assert [page.status_code for page in pages] == [200, 200, 404, 404]
    for page in pages:
        assert b"My source is Ana." not in page.content
        assert b"Told in confidence" not in page.content
    for user in [writer, make_user(role="Editors")]:
        client.force_login(user)
        seen = [client.get(address) for address in addresses]
        assert {page.status_code for page in seen} == {200}
        for page in seen[:2]:
            assert b"My source is Ana." in page.content, page.request["PATH_INFO"]


def test_nor_when_it_was_taken_over_or_declined(client, article, writer):
    taken = propose(article, {"title": "Better"}, by=writer, note="My source is Ana.")
    take_over(taken, by=make_user(role="Editors"))
    again = propose(article, {"title": "Best"}, by=writer, note="Ben says so.")
    decline(again, answer="Ben is wrong.", by=make_user(role="Editors"))
    client.force_login(make_user(role="Moderators"))
    for address in [
        form_of(article),
        reverse("admin:articles_article_revisions", args=[article.pk]),
        reverse("admin:articles_article_compare", args=[article.pk]),
    ]:
        page = client.get(address).content
        for words in [b"My source is Ana.", b"Ben says so.", b"Ben is wrong."]:
            assert words not in page, address
