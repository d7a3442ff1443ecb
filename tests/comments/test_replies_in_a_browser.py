"""What static/js/replies.js does, and what works without it."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from comments.threads import pages
from tests.factories import make_shown_comment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def root():
    """A root with eight replies, the last of which answers the sixth."""
    root = make_shown_comment(name="Ana")
    replies = [root]
    for number in range(8):
        replies.append(
            make_shown_comment(
                parent=replies[6] if number == 7 else root,
                created_at=root.created_at + timedelta(seconds=number + 1),
            )
        )
    root.refresh_from_db()
    return root


def test_replies_unfold_in_place_and_the_reading_goes_on(open_page, root):
    page = open_page()
    page.goto(root.article.get_absolute_url())
    comments = page.locator(".comment")
    expect(comments).to_have_count(6)
    page.get_by_role("link", name="Show all 8 replies").click()
    expect(comments).to_have_count(9)
    sixth = root.replies.oldest_first()[5]
    assert page.evaluate("document.activeElement.id") == f"comment-{sixth.pk}"
    expect(page.get_by_text("3 more replies shown.")).to_have_role("status")
    expect(page.locator(".comment__unfold")).to_have_count(0)
    assert page.url.endswith(root.article.get_absolute_url())
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    assert page.complaints == []


def test_many_replies_unfold_stretch_by_stretch(open_page, root, monkeypatch):
    monkeypatch.setattr(pages, "REPLIES_A_PAGE", 6)
    page = open_page()
    page.goto(root.article.get_absolute_url())
    page.get_by_role("link", name="Show all 8 replies").click()
    expect(page.locator(".comment")).to_have_count(7)
    page.get_by_role("link", name="More replies").click()
    expect(page.locator(".comment")).to_have_count(9)
    expect(page.locator(".comment__unfold")).to_have_count(0)


def test_without_a_script_the_link_leads_to_the_replies(open_page, root):
    page = open_page(java_script_enabled=False)
    page.goto(root.article.get_absolute_url())
    page.get_by_role("link", name="Show all 8 replies").click()
    expect(page.locator(".comment")).to_have_count(9)
    assert f"?root={root.pk}" in page.url
    page.get_by_role("link", name="The whole conversation").click()
    expect(page.locator(".comment")).to_have_count(6)


def test_where_the_page_cannot_be_fetched_the_browser_goes_there(open_page, root):
    page = open_page()
    page.goto(root.article.get_absolute_url())
    page.route("**/comments/?root=*", lambda route: route.abort(), times=1)
    page.get_by_role("link", name="Show all 8 replies").click()
    page.wait_for_url("**/comments/?root=*")
    expect(page.locator(".comment")).to_have_count(9)


def test_a_permalink_lands_on_a_reply_that_is_folded_away(open_page, root):
    last = root.replies.oldest_first().last()
    page = open_page(java_script_enabled=False)
    page.goto(last.get_absolute_url())
    assert page.url.endswith(f"#comment-{last.pk}")
    expect(page.locator(f"#comment-{last.pk}")).to_be_in_viewport()
