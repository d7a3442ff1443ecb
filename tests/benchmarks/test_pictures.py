"""
What pictures cost: to draw them, and to look at a page of them on a phone.

Photographs are made here, with the noise and the gradients of real ones, so that no
encoder has an easy time.
"""

import os
import resource
import subprocess
import sys
from io import BytesIO
from time import perf_counter

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image as Drawing
from PIL import ImageChops, ImageFilter

from articles.images import renditions
from articles.models import Image
from tests.factories import make_visible_article

pytestmark = pytest.mark.benchmark

PHOTOGRAPHS = 100
FIGURES = 6
AT_MOST_OF_BYTES = 0.1
AT_MOST_OF_MEMORY = 700  # in MB


def photograph(number, width=2400, height=1600, quality=95):
    """The bytes of a JPEG as a camera writes it."""
    noise = Drawing.effect_noise((width // 4, height // 4), 60 + number % 40)
    shapes = noise.filter(ImageFilter.GaussianBlur(6)).resize((width, height))
    grain = Drawing.effect_noise((width, height), 12)
    grey = ImageChops.add(shapes, grain, 2)
    warm = Drawing.linear_gradient("L").resize((width, height))
    image = Drawing.merge("RGB", (grey, ImageChops.blend(grey, warm, 0.3), warm))
    file = BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()


def make_photograph(number, **size):
    content = photograph(number, **size)
    file = ContentFile(content, f"{number}.jpg")
    return Image.objects.create(file=file, alt="A photograph"), len(content)


def test_renditions_a_second_of_a_hundred_photographs(db):
    images = [make_photograph(number)[0] for number in range(PHOTOGRAPHS)]
    start = perf_counter()
    made = sum(renditions.make_missing(image) for image in images)
    seconds = perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(  # noqa: T201
        f"\n{made} renditions of {PHOTOGRAPHS} photographs of 3.8 megapixels in {seconds:.0f} s: "
        f"{made / seconds:.1f} a second in one process, at most {peak:.0f} MB"
    )
    assert made == PHOTOGRAPHS * len(images[0].recipes)


FIFTY_MEGAPIXELS = """
import django; django.setup()
import resource, sys
from io import BytesIO
from PIL import Image
from articles.images.processing.validation import accepted
from articles.images.processing.rendering import drawn
from articles.images.processing.specs import recipes_for
with open(sys.argv[1], "rb") as file:
    picture = accepted(file)
for recipe, content in drawn(picture.content, recipes_for(picture.width, picture.height)):
    pass
print(picture.width * picture.height, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def test_fifty_megapixels_are_taken_and_drawn_in_little_memory(tmp_path):
    path = tmp_path / "large.jpg"
    path.write_bytes(photograph(1, width=8660, height=5774, quality=80))
    run = subprocess.run(
        [sys.executable, "-c", FIFTY_MEGAPIXELS, str(path)],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "newsroom.settings"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert run.returncode == 0, run.stderr
    pixels, megabytes = map(int, run.stdout.split())
    print(f"\n{pixels / 1e6:.0f} megapixels: at most {megabytes} MB")  # noqa: T201
    assert megabytes < AT_MOST_OF_MEMORY


@pytest.mark.browser
def test_a_page_on_a_phone_is_a_tenth_of_its_originals(open_page, transactional_db):
    made = [
        make_photograph(number, width=3600, height=2400)
        for number in range(FIGURES + 1)
    ]
    originals = sum(size for _, size in made)
    images = [image for image, _ in made]
    for image in images:
        renditions.make_missing(image)
    body = "".join(
        f'<p>Words.</p><figure><img src="/media/image/{one.pk}/" alt="" data-file="{one.pk}"></figure>'
        for one in images[1:]
    )
    article = make_visible_article(lead_image=images[0], body=body)
    page = open_page(viewport={"width": 360, "height": 740}, device_scale_factor=2)
    sizes = []
    page.on(
        "response",
        lambda answer: (
            "/media/" in answer.url and sizes.append(len(answer.body())) or None
        ),
    )
    page.goto(article.get_absolute_url())
    for picture in page.locator("article img").all():
        picture.scroll_into_view_if_needed()
        page.wait_for_timeout(200)
    page.wait_for_load_state("networkidle")
    assert len(sizes) == FIGURES + 1
    ratio = sum(sizes) / originals
    print(  # noqa: T201
        f"\n{sum(sizes) / 1024:,.0f} KB in place of {originals / 1024:,.0f} KB: {ratio:.3f}"
    )
    assert ratio <= AT_MOST_OF_BYTES


def test_twenty_figures_ask_the_database_as_often_as_one(client, db):
    numbers = []
    for number in [1, 20]:
        images = [make_photograph(n, width=60, height=40)[0] for n in range(number)]
        body = "".join(
            f'<figure><img src="/media/image/{one.pk}/" alt="" data-file="{one.pk}"></figure>'
            for one in images
        )
        article = make_visible_article(body=body)
        client.get(article.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            client.get(article.get_absolute_url())
        numbers.append(len(queries))
    print(f"\nqueries with one figure and with twenty: {numbers}")  # noqa: T201
    assert numbers[0] == numbers[1]
