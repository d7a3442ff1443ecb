"""A reader reports a comment and an error without JavaScript."""

import pytest
from playwright.sync_api import expect

from articles.models import CorrectionRequest
from articles.publishing.actions import correct
from comments.models import Report
from tests.factories import make_shown_comment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_comment_is_reported_without_javascript(open_page):
    comment = make_shown_comment(name="Inés")
    page = open_page(java_script_enabled=False)
    page.goto(comment.article.get_absolute_url())
    page.get_by_role("link", name="Report the comment by Inés").click()
    page.get_by_label("Explanation").fill("It insults me.")
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose what is wrong")
    expect(page.get_by_label("Explanation")).to_have_value("It insults me.")
    page.get_by_label("It insults or threatens someone").check()
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    report = Report.objects.get()
    assert (report.comment, report.reason) == (comment, "abuse")
    assert report.sentence == "It insults me."


def test_an_error_is_reported_and_answered_without_javascript(open_page):
    article = make_shown_comment().article
    page = open_page(java_script_enabled=False)
    page.goto(article.get_absolute_url())
    page.get_by_role("link", name="Report an error in the article").click()
    page.get_by_label("What is wrong").fill("It says 5.1.")
    page.get_by_role("button", name="Send to the editors").click()
    expect(page.get_by_role("heading", name="The editors have")).to_be_visible()
    asked = CorrectionRequest.objects.get()
    correct(article, kind="correction", text="It is 6.4.", answers=[asked])
    page.reload()
    expect(page.get_by_role("heading", name="was corrected")).to_be_visible()
    page.get_by_role("link", name="See the correction under the article").click()
    expect(page.locator(".corrections")).to_contain_text("It is 6.4.")
