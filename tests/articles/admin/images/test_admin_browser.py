"""Pictures in a browser: dropped, described, picked, and seen by a reader."""

import base64
import io
import random

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from PIL import Image as Drawing
from playwright.sync_api import expect

from articles.models import Article, Image
from tests.articles.admin.desk import ADD, form_of, save
from tests.factories import (
    make_article,
    make_image,
    make_picture_file,
    make_user,
    make_visible_article,
)

pytestmark = pytest.mark.browser

UPLOAD = reverse("admin:articles_image_add")
LIBRARY = reverse("admin:articles_image_changelist")

# In milliseconds, for a picture that is sent and whose sizes are made: on a busy machine that
# takes longer than a page.
TAKEN_IN = 30_000

DROP = """async ([selector, files]) => {
    const data = new DataTransfer();
    for (const [name, type, content] of files) {
        const bytes = Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
        data.items.add(new File([bytes], name, { type }));
    }
    const place = document.querySelector(selector);
    const box = place.getBoundingClientRect();
    const how = { bubbles: true, cancelable: true, dataTransfer: data,
                  clientX: box.left + 20, clientY: box.top + 20 };
    for (const name of ["dragenter", "dragover", "drop"]) {
        place.dispatchEvent(new DragEvent(name, how));
    }
}"""


# Whether the progress bar is between its ends, and its label fits.
IS_SENT = """() => {
    const { value } = document.querySelector(".upload__result progress") ?? {};
    const words = document.querySelector(".upload__result").textContent;
    return value > 0 && value < 100 && words.includes("Uploading");
}"""


@pytest.fixture
def open_desk(transactional_db, open_page):
    return lambda **wishes: open_page(user=make_user(role="Editors"), **wishes)


def file_of(name, content=None):
    content = content or make_picture_file(width=300, height=200).read()
    return [name, "image/png", base64.b64encode(content).decode()]


def drop(page, selector, *files):
    page.evaluate(DROP, [selector, list(files)])


def noise():
    """A picture that is large for its dimensions: 400 KB."""
    file = io.BytesIO()
    pixels = random.Random(1).randbytes(365 * 365 * 3)
    Drawing.frombytes("RGB", (365, 365), pixels).save(file, "PNG")
    return file.getvalue()


def sound(page):
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_an_upload_over_a_slow_line_says_how_far_it_is(open_desk):
    page = open_desk()
    page.goto(UPLOAD)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1}
    line = page.context.new_cdp_session(page)
    line.send(
        "Network.emulateNetworkConditions", slow | {"uploadThroughput": 50 * 1024}
    )
    drop(page, ".upload__area", file_of("noise.png", noise()))
    bar = page.get_by_role("progressbar", name="Progress of noise.png")
    expect(bar).to_have_js_property("max", 100)
    page.wait_for_function(IS_SENT)
    line.send("Network.emulateNetworkConditions", slow | {"uploadThroughput": -1})
    result = page.locator(".upload__result")
    expect(result).to_contain_text("It is in the library.", timeout=TAKEN_IN)
    expect(bar).to_have_count(0)


def test_a_file_that_cannot_be_sent_says_so_and_is_sent_later(open_desk):
    page = open_desk()
    page.goto(UPLOAD)
    page.context.set_offline(True)
    drop(page, ".upload__area", file_of("pier.png"))
    rows = page.locator(".upload__result")
    expect(rows).to_contain_text("server cannot be reached")
    page.context.set_offline(False)
    drop(page, ".upload__area", file_of("pier.png"))
    expect(rows.nth(1)).to_contain_text("It is in the library.", timeout=TAKEN_IN)


def test_three_files_are_dropped_described_chosen_and_seen(open_desk, live_server):
    page = open_desk()
    page.goto(UPLOAD)
    drop(
        page,
        ".upload__area",
        file_of("pier.png"),
        file_of("broken.png", b"no picture"),
        file_of("boats.png"),
    )
    rows = page.locator(".upload__result")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text("not a known kind of picture", timeout=TAKEN_IN)
    described = page.get_by_role("link", name="Describe")
    expect(described).to_have_count(2, timeout=TAKEN_IN)
    sound(page)
    described.first.click()

    # The focal point by keyboard alone.
    point = page.get_by_role("button", name="Focal point")
    point.focus()
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("ArrowUp")
    assert page.locator("#id_focal_x").input_value() == "0.4"
    assert page.locator("#id_focal_y").input_value() == "0.49"
    page.get_by_label("Alt text").fill("A pier in the morning")
    page.get_by_label("Credit").fill("Ben Cole")
    sound(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    image = Image.objects.get(alt="A pier in the morning")
    assert (image.focal_x, image.focal_y) == (0.4, 0.49)

    # Picked as lead image and for the text.
    page.goto(ADD)
    page.get_by_label("Title").fill("Harbour")
    page.get_by_role("button", name="Choose a picture").click()
    dialog = page.get_by_role("dialog", name="Choose a picture")
    dialog.get_by_label("Search").fill("pier")
    dialog.get_by_role("button", name="Search").click()
    dialog.get_by_role("button", name="Choose A pier").click()
    expect(page.get_by_role("spinbutton", name="Number")).to_have_value(str(image.pk))
    body = page.get_by_role("textbox", name="Body")
    body.click()
    page.keyboard.type("Before the picture.")
    page.get_by_role("button", name="Picture", exact=True).click()
    dialog.get_by_role("button", name="Choose A pier").click()
    expect(body.locator(f"img[data-file='{image.pk}']")).to_be_visible()
    save(page)
    assert [one for one in page.complaints if "422" not in one] == []
    article = Article.objects.get()
    assert article.lead_image == image
    article.publish()

    page.goto(live_server.url + article.get_absolute_url())
    pictures = page.locator("article picture img")
    expect(pictures).to_have_count(2)
    for number in range(2):
        pictures.nth(number).scroll_into_view_if_needed()
        expect(pictures.nth(number)).to_have_attribute("alt", "A pier in the morning")
        page.wait_for_function(
            "number => document.querySelectorAll('article picture img')[number].naturalWidth > 0",
            arg=number,
        )
    expect(page.get_by_text("Ben Cole").first).to_be_visible()
    sound(page)


def test_a_picture_dropped_into_the_text_goes_into_the_library(open_desk):
    page = open_desk()
    page.goto(form_of(make_article(body="<p>Words.</p>")))
    body = page.get_by_role("textbox", name="Body")
    body.wait_for()
    drop(page, ".ProseMirror", file_of("dropped.png"))
    expect(body.locator("img[data-file]")).to_be_visible()
    assert Image.objects.count() == 1
    drop(page, ".ProseMirror", file_of("bad.png", b"nothing"))
    refused = page.locator(".body-upload--failed")
    expect(refused).to_contain_text("bad.png")
    expect(refused).to_contain_text("This file is not a known kind of picture")
    expect(body).to_contain_text("Words.")


def test_the_alt_text_of_one_use_is_written_in_the_text(open_desk):
    image = make_image(width=300, height=200)
    figure = f'<figure><img src="/media/image/{image.pk}/" alt="" data-file="{image.pk}"><figcaption>In May</figcaption></figure>'
    article = make_article(body=f"<p>Words.</p>{figure}")
    page = open_desk()
    page.goto(form_of(article))
    body = page.get_by_role("textbox", name="Body")
    body.get_by_text("In May").click()
    page.get_by_label("Alt text", exact=True).fill("Two boats")
    save(page)
    article.refresh_from_db()
    assert 'alt="Two boats"' in article.body
    assert f'data-file="{image.pk}"' in article.body
    assert "In May" in article.body


def test_without_a_script_pictures_are_uploaded_and_used_by_their_number(open_desk):
    page = open_desk(java_script_enabled=False)
    page.goto(UPLOAD)
    content = make_picture_file(width=300, height=200).read()
    page.locator("input[type=file]").set_input_files(
        [
            {"name": "a.png", "mimeType": "image/png", "buffer": content},
            {"name": "b.png", "mimeType": "image/png", "buffer": b"nothing"},
        ]
    )
    page.get_by_role("button", name="Upload").click()
    expect(page.locator(".upload__result")).to_have_count(2)
    page.get_by_role("link", name="Describe").click()
    page.get_by_label("Alt text").fill("A pier")
    page.get_by_label("From the left").fill("0.2")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    image = Image.objects.get()
    assert (image.alt, image.focal_x) == ("A pier", 0.2)
    article = make_article()
    page.goto(form_of(article))
    page.get_by_role("spinbutton", name="Number").fill(str(image.pk))
    # What only a script serves is not offered.
    expect(page.get_by_role("button", name="Remove")).to_have_count(0)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    article.refresh_from_db()
    assert article.lead_image == image


@pytest.mark.parametrize("width", [1440, 320])
def test_the_pages_of_the_library_fit_and_are_sound(open_desk, width):
    make_image(alt="", title="A" * 200, width=300, height=200)
    make_image(credit="Ben Cole")
    page = open_desk(viewport={"width": width, "height": 800})
    for place in [LIBRARY, UPLOAD, reverse("admin:articles_image_pick")]:
        page.goto(place)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, place
        sound(page)


def test_a_page_with_pictures_does_not_move_while_it_loads(open_page, transactional_db):
    images = [make_image(width=1200, height=800) for _ in range(3)]
    body = "".join(
        f'<p>Words.</p><figure><img src="/media/image/{one.pk}/" alt="x" data-file="{one.pk}"></figure>'
        for one in images
    )
    article = make_visible_article(body=body, lead_image=images[0])
    page = open_page(viewport={"width": 360, "height": 740})
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver((list) => {"
        " for (const one of list.getEntries()) window.moved += one.value;"
        "}).observe({ type: 'layout-shift', buffered: true });"
    )
    page.goto(article.get_absolute_url())
    for picture in page.locator("article img").all():
        picture.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    assert page.evaluate("window.moved") == 0
