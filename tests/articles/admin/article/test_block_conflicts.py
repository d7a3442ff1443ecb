"""Two people change the body: merged by block, and asked about block by block."""

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from articles.content.block_merge import THEIRS
from articles.models import Revision
from tests.articles.admin.article.form_page import form_on, seen_by
from tests.articles.admin.article.test_conflicts import both_change
from tests.articles.admin.desk import form_of, said, typed
from tests.factories import make_article

BASE = "<p>One.</p><p>Two.</p><ul><li>a</li></ul><p>Four.</p>"


@pytest.fixture
def article(db):
    return make_article(title="As it was", body=BASE)


def test_changes_of_different_paragraphs_are_merged_and_it_says_so(desk, bo, article):
    response = both_change(
        desk,
        bo,
        article,
        {"body": BASE.replace("One.", "One, mine.")},
        {"body": BASE.replace("Two.", "Two, theirs.").replace("Four.", "Four!")},
    )
    assert response.status_code == 302
    assert "What Bo Lund saved in the meantime was kept: Body (in 2 places)." in said(
        response
    )
    article.refresh_from_db()
    assert article.body == BASE.replace("One.", "One, mine.").replace(
        "Two.", "Two, theirs."
    ).replace("Four.", "Four!")


def test_only_the_paragraph_that_both_changed_is_asked_about(desk, bo, article):
    mine = BASE.replace("Two.", "Two, mine.").replace("One.", "One!")
    theirs = BASE.replace("Two.", "Two, theirs.").replace("Four.", "Four!")
    page = both_change(desk, bo, article, {"body": mine}, {"body": theirs})
    [conflict] = page.context["conflicts"]
    [block] = conflict.blocks
    assert (block.mine, block.theirs) == ("<p>Two, mine.</p>", "<p>Two, theirs.</p>")
    assertContains(page, "<del>mine</del><ins>theirs</ins>")
    assertContains(page, "1 paragraph was changed by both")
    merged = mine.replace("Four.", "Four!")
    assert form_on(page)["body"].value() == merged
    # Saved as it is, the form keeps mine.
    again = {"body": merged, "seen": form_on(page)["seen"].value()}
    assert desk.post(form_of(article), typed(article, **again)).status_code == 302
    article.refresh_from_db()
    assert article.body == merged


def test_theirs_can_be_chosen_for_one_paragraph_and_mine_for_another(desk, bo, article):
    mine = BASE.replace("Two.", "Two, mine.").replace("Four.", "Four, mine.")
    theirs = BASE.replace("Two.", "Two, theirs.").replace("Four.", "Four, theirs.")
    page = both_change(desk, bo, article, {"body": mine}, {"body": theirs})
    [conflict] = page.context["conflicts"]
    first, second = conflict.blocks
    assertContains(page, f'name="{first.choice}"')
    assertContains(page, 'name="conflict_base"')
    again = {
        "body": form_on(page)["body"].value(),
        "seen": form_on(page)["seen"].value(),
        "conflict_base": page.context["conflict_base"],
        first.choice: "mine",
        second.choice: THEIRS,
    }
    assert desk.post(form_of(article), typed(article, **again)).status_code == 302
    article.refresh_from_db()
    assert article.body == mine.replace("Four, mine.", "Four, theirs.")


@pytest.mark.parametrize("deleted_by", ["me", "them"])
def test_a_paragraph_that_one_deleted_and_the_other_changed_is_asked_about(
    desk, bo, article, deleted_by
):
    without, changed = BASE.replace("<p>Two.</p>", ""), BASE.replace("Two.", "Two!")
    mine, theirs = (without, changed) if deleted_by == "me" else (changed, without)
    page = both_change(desk, bo, article, {"body": mine}, {"body": theirs})
    assertContains(page, "the paragraph is deleted")
    [block] = page.context["conflicts"][0].blocks
    again = {
        "body": form_on(page)["body"].value(),
        "seen": form_on(page)["seen"].value(),
        "conflict_base": page.context["conflict_base"],
        block.choice: THEIRS,
    }
    desk.post(form_of(article), typed(article, **again))
    article.refresh_from_db()
    assert article.body == theirs


def test_other_parts_are_asked_about_as_before_while_the_body_merges(desk, bo, article):
    page = both_change(
        desk,
        bo,
        article,
        {"title": "Mine", "body": BASE.replace("One.", "One!")},
        {"title": "Theirs", "body": BASE.replace("Two.", "Two!")},
    )
    assert [conflict.part for conflict in page.context["conflicts"]] == ["title"]
    assert form_on(page)["body"].value() == BASE.replace("One.", "One!").replace(
        "Two.", "Two!"
    )
    assertNotContains(page, "paragraph was changed by both")


def test_two_texts_that_began_with_none_are_not_put_together(desk, bo):
    article = make_article(body="")
    page = both_change(
        desk, bo, article, {"body": "<p>Mine.</p>"}, {"body": "<p>Theirs.</p>"}
    )
    [conflict] = page.context["conflicts"]
    assert (conflict.part, conflict.blocks) == ("body", [])
    assert form_on(page)["body"].value() == "<p>Mine.</p>"


@pytest.mark.parametrize("base", ["", "0", "x", "9" * 400])
def test_a_choice_about_a_base_that_is_not_there_leaves_ones_own(desk, article, base):
    sent = {"conflict_base": base, "keep_block_0": THEIRS, "body": "<p>Mine.</p>"}
    sent["seen"] = seen_by(desk, article)
    assert desk.post(form_of(article), typed(article, **sent)).status_code == 302
    article.refresh_from_db()
    assert article.body == "<p>Mine.</p>"


def test_every_word_of_both_is_in_the_history_after_a_merge(desk, bo, article):
    both_change(
        desk,
        bo,
        article,
        {"body": BASE.replace("One.", "One, mine.")},
        {"body": BASE.replace("Two.", "Two, theirs.")},
    )
    newest, theirs = Revision.objects.newest_first()[:2]
    assert "Two, theirs." in theirs.content["body"]
    assert "One, mine." in newest.content["body"]
    assert newest.began_from == theirs
