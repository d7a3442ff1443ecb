"""The editors' job in a browser: schedule a story, and correct an error in it."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib import admin
from django.utils import timezone
from playwright.sync_api import expect

from articles.core.admin.prev_next import NeighboursMixin
from articles.models import Article
from tests.articles.admin.desk import form_of
from tests.factories import make_article, make_person, make_user

# Admins without previous/next: records are read-only, pages such as the queue have their own way
# back, and Django's forms of accounts are unchanged.
WITHOUT_NEIGHBOURS = {
    "User",
    "Group",
    "Step",
    "TagStep",
    "ArticleBatch",
    "Batch",
    "Queue",
    "Numbers",
    "RuleSetting",
    "SecondLook",
    "Classifier",
}


@pytest.mark.browser
def test_a_story_appears_at_its_hour_and_its_correction_in_all_three_places(
    transactional_db, open_page, live_server
):
    article = make_article(
        title="Harbour closed",
        standfirst="For a day.",
        body="<p>Closed on Monday.</p>",
        tags=["Sea"],
        byline=[make_person()],
    )
    desk, reader = open_page(user=make_user(role="Editors")), open_page()
    address = live_server.url + article.get_absolute_url()
    at = timezone.localtime(timezone.now() + timedelta(hours=3))

    desk.goto(form_of(article))
    desk.get_by_role("button", name="Schedule…").click()
    desk.wait_for_url("**/steps/schedule/")
    desk.get_by_role("textbox", name="Date").fill(f"{at:%Y-%m-%d}")
    desk.get_by_role("textbox", name="Time").fill(f"{at:%H:%M}")
    desk.get_by_role("button", name="Schedule", exact=True).click()
    expect(desk.get_by_text("is now scheduled")).to_be_visible()
    hour = at.replace(second=0, microsecond=0)

    with time_machine.travel(hour - timedelta(seconds=1), tick=False):
        assert reader.goto(address).status == 404
        reader.goto(live_server.url)
        expect(reader.get_by_text("Harbour closed")).to_have_count(0)
    # No job runs: only time makes it appear.
    with time_machine.travel(hour, tick=False):
        assert reader.goto(address).status == 200
        reader.goto(live_server.url)
        expect(reader.get_by_role("link", name="Harbour closed")).to_be_visible()

    with time_machine.travel(hour + timedelta(hours=1), tick=True):
        assert Article.objects.visible().get() == article
        desk.goto(form_of(article))
        desk.get_by_role("button", name="Publish a correction…").click()
        said = "It was closed on Tuesday, not on Monday."
        desk.get_by_label("Text for readers").fill(said)
        desk.get_by_role("button", name="Publish a correction").click()
        expect(desk.get_by_text("The correction of")).to_be_visible()
        reader.goto(address)
        expect(reader.get_by_role("region", name="Corrections")).to_contain_text(said)
        reader.goto(f"{live_server.url}/corrections/")
        expect(reader.get_by_text(said)).to_be_visible()
        feed = reader.request.get(f"{live_server.url}/corrections/rss.xml")
        assert said in feed.text()


def test_every_form_of_the_desk_leads_to_its_neighbours():
    without = {
        model._meta.object_name
        for model, model_admin in admin.site._registry.items()
        if not isinstance(model_admin, NeighboursMixin)
    }
    assert without == WITHOUT_NEIGHBOURS
