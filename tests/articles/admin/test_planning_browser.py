"""Preview, calendar and dashboard in a browser."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone

from articles.models import CalendarAddress, PreviewLink
from articles.public.preview import share
from tests.articles.admin.desk import form_of
from tests.factories import make_article, make_request, make_user, make_visible_article

pytestmark = pytest.mark.browser

PHONE = {"width": 320, "height": 700}
LONG = "Donaudampfschifffahrtsgesellschaftskapitänswitwenverein"


def test_an_editor_previews_a_draft_and_somebody_without_an_account_reads_it(
    transactional_db, open_page
):
    make_visible_article()
    article = make_article(title="The draft")
    page = open_page(user=make_user(role="Editors"))
    page.goto(form_of(article))
    page.get_by_role("link", name="Preview").click()
    for frame in page.locator("iframe").all():
        frame.content_frame.get_by_role("heading", name="The draft").wait_for()
    page.get_by_role("button", name="Create link").click()
    page.get_by_text("The link is created").wait_for()
    address = PreviewLink.objects.get().get_absolute_url()
    guest = open_page()
    assert guest.goto(address).status == 200
    guest.get_by_role("heading", name="The draft").wait_for()
    page.get_by_role("button", name="Revoke").click()
    page.get_by_text("The link is revoked.").first.wait_for()
    assert guest.goto(address).status == 410
    assert page.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_for_everyone_on_a_phone(transactional_db, open_page, scheme):
    user = make_user(role="Editors")
    today = timezone.localdate()
    article = make_article(title=LONG, planned_for=today, created_by=user)
    soon = timezone.now() + timedelta(minutes=1)
    make_visible_article(title=f"{LONG}s", published_at=soon)
    make_article(title=f"{LONG}e")
    make_request(text=LONG)
    share(article, days=3, by=user)
    CalendarAddress.objects.renew(user)
    page = open_page(user=user, viewport=PHONE, color_scheme=scheme)
    of_article = [
        reverse(f"admin:articles_article_{view}", args=[article.pk])
        for view in ["preview", "previews", "duplicate"]
    ]
    link = PreviewLink.objects.get().get_absolute_url()
    for address in [
        *of_article,
        link,
        reverse("desk_calendar"),
        reverse("admin:index"),
    ]:
        assert page.goto(address).status == 200
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], address
        found = Axe().run(page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], address
