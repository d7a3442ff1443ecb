"""Pages such as the imprint, written in a browser."""

import pytest
from django.contrib.flatpages.models import FlatPage
from django.urls import reverse
from playwright.sync_api import expect

from tests.factories import make_image, make_user

pytestmark = pytest.mark.browser


def test_the_picture_button_puts_a_picture_of_the_library_into_a_page(
    transactional_db, open_page
):
    image = make_image(alt="A pier", width=300, height=200)
    page = open_page(user=make_user(role="Editors"))
    page.goto(reverse("admin:flatpages_flatpage_add"))
    page.get_by_label("Title").fill("Contact")
    page.get_by_label("URL").fill("/about/contact/")
    body = page.get_by_role("textbox", name="Content")
    body.click()
    page.keyboard.type("Before the picture.")
    page.get_by_role("button", name="Picture", exact=True).click()
    dialog = page.get_by_role("dialog", name="Choose a picture")
    dialog.get_by_role("button", name="Choose A pier").click()
    expect(body.locator(f"img[data-file='{image.pk}']")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("was added successfully").wait_for()
    content = FlatPage.objects.get(url="/about/contact/").content
    assert "Before the picture." in content
    assert f'data-file="{image.pk}"' in content
    page.goto("/about/contact/")
    picture = page.locator("main picture img")
    expect(picture).to_have_attribute("alt", "A pier")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)")
    assert page.complaints == []
