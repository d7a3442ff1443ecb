"""Proposals in a browser: written in the editor, read on a phone, accepted without scripts."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from articles.publishing.proposals import propose
from tests.articles.admin.desk import place_caret
from tests.factories import make_image, make_user, make_visible_article

pytestmark = pytest.mark.browser


@pytest.fixture
def writer(transactional_db):
    return make_user(role="Writers")


@pytest.fixture
def article(writer):
    return make_visible_article(
        title="Harbour", body="<p>Begun.</p>", created_by=writer
    )


def address(name, *keys):
    return reverse(f"admin:articles_article_{name}", args=keys)


def sound(page):
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_a_writer_proposes_in_the_editor_with_a_picture(article, writer, open_page):
    image = make_image(alt="A pier", width=300, height=200)
    page = open_page(user=writer)
    page.goto(address("propose", article.pk))
    place_caret(page, "Control+End")
    page.keyboard.type(" And more.")
    page.get_by_role("button", name="Choose a picture").click()
    page.get_by_role("dialog").get_by_role("button", name="Choose A pier").click()
    sound(page)
    page.get_by_role("button", name="Send proposal").click()
    expect(page.get_by_text("Your proposal was sent to the editors.")).to_be_visible()
    content = article.proposals.get().revision.content
    assert content["body"] == "<p>Begun. And more.</p>"
    assert content["lead_image"]["image"] == image.pk
    assert page.complaints == []


@pytest.mark.parametrize("scripts", [True, False])
def test_an_editor_takes_it_over_on_a_phone(article, writer, open_page, scripts):
    proposal = propose(article, {"title": "Harbour reopens"}, by=writer)
    page = open_page(
        user=make_user(role="Editors"),
        viewport={"width": 320, "height": 700},
        color_scheme="dark",
        java_script_enabled=scripts,
    )
    page.goto(address("proposal", article.pk, proposal.pk))
    if scripts:
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        sound(page)
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("The changes are in the working copy.")).to_be_visible()
    assert article.working_content()["title"] == "Harbour reopens"
