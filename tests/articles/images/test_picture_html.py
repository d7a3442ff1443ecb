import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains, assertNotContains

from articles.images import library
from articles.images.picture_html import picture, with_pictures
from articles.models import Image
from tests.factories import (
    make_article,
    make_image,
    make_picture_file,
    make_visible_article,
)


def figure(image, alt="", caption=""):
    return (
        f'<figure><img src="/media/image/{image.pk}/" alt="{alt}" data-file="{image.pk}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def test_a_picture_comes_in_every_format_and_width(db):
    image = make_image(width=800, height=600)
    html = picture(image, sizes="100vw")
    assert [*re.findall(r'type="([^"]+)"', html)] == ["image/avif", "image/webp"]
    assert html.count(" 360w") == html.count(" 800w") == 3
    assert 'width="800" height="600"' in html
    assert 'loading="lazy"' in html
    assert 'fetchpriority="high"' in picture(image, sizes="100vw", is_first=True)


def test_what_something_shows_through_of_is_a_png_for_old_browsers(db):
    image = make_image()
    Image.objects.update(has_alpha=True)
    image = Image.objects.get()
    html = picture(image, sizes="100vw")
    assert "whole-60.png" in html
    assert ".jpg" not in html


def test_a_figure_says_what_the_library_says_until_the_text_says_otherwise(db):
    image = make_image(alt="A pier", caption="The <pier>", credit="Ben & Co")
    html = with_pictures(figure(image))
    assert 'alt="A pier"' in html
    assert "The &lt;pier&gt;" in html
    assert "Ben &amp; Co" in html
    html = with_pictures(figure(image, alt="Two boats", caption="In <em>May</em>"))
    assert 'alt="Two boats"' in html
    assert "In <em>May</em> <span" in html
    assert "pier" not in html


def test_a_picture_that_decorates_is_passed_over_by_screen_readers(db):
    image = make_image(alt="A line", decorative=True)
    assert 'alt=""' in with_pictures(figure(image))


@pytest.mark.parametrize("gone", ["deleted", "taken down"])
def test_of_a_picture_that_is_not_on_the_site_nothing_stays(db, gone):
    image, other = make_image(caption="Private"), make_image()
    html = f"<p>Before.</p>{figure(image)}<p>After.</p>{figure(other)}"
    if gone == "deleted":
        image.delete()
    else:
        library.take_down(image, reason="Asked for.")
    shown = with_pictures(html)
    assert "Private" not in shown
    assert shown.count("<picture>") == 1
    assert "<p>Before.</p><p>After.</p>" in shown


def test_a_figure_without_a_picture_of_the_library_stays_as_it_is(db):
    html = '<figure><img src="/static/favicon.svg" alt="A"><figcaption>Cap</figcaption></figure>'
    assert with_pictures(html) == html


def gallery(*images, caption="", classes="gallery"):
    pictures = "".join(
        f'<img src="/media/image/{image.pk}/" alt="" data-file="{image.pk}">'
        for image in images
    )
    return f'<figure class="{classes}">{pictures}<figcaption>{caption}</figcaption></figure>'


def test_a_gallery_shows_all_its_pictures_with_the_credit_of_each(db):
    images = [
        make_image(alt=f"View {number}", credit=credit, caption=f"Said {number}.")
        for number, credit in [(1, "Ana"), (2, "Ben"), (3, "Ana")]
    ]
    html = with_pictures(gallery(*images))
    assert re.findall(r'alt="([^"]+)"', html) == ["View 1", "View 2", "View 3"]
    assert '<figure class="figure gallery">' in html
    assert 'sizes="(min-width: 46rem) 22rem, 92vw"' in html
    assert "<figcaption>Said 1. Said 2. Said 3. <span" in html
    assert ">Ana; Ben</span>" in html
    html = with_pictures(gallery(*images, caption="In <em>May</em>"))
    assert "<figcaption>In <em>May</em> <span" in html
    assert "Said" not in html


def test_of_a_gallery_the_pictures_that_are_on_the_site_stay(db):
    images = [make_image(alt=f"View {number}") for number in range(3)]
    html = gallery(*images)
    library.take_down(images[1], reason="Asked for.")
    assert re.findall(r'alt="([^"]+)"', with_pictures(html)) == ["View 0", "View 2"]
    library.take_down(images[0], reason="Asked for.")
    assert '<figure class="figure">' in with_pictures(html)
    library.take_down(images[2], reason="Asked for.")
    assert with_pictures(html) == ""


def test_a_wide_figure_loads_a_wide_picture(db):
    image = make_image(width=1400, height=900)
    html = with_pictures(gallery(image, classes="wide"))
    assert '<figure class="figure wide">' in html
    assert 'sizes="(min-width: 75rem) 67rem, 92vw"' in html


def test_a_feed_shows_every_picture_of_a_gallery(client, db):
    images = [make_image(alt=f"View {number}", credit="Ana") for number in range(2)]
    make_visible_article(body=gallery(*images, caption="Both"))
    feed = client.get("/feeds/rss.xml").content.decode()
    for image in images:
        assert f"/media/renditions/{image.fingerprint}/whole-60.jpg" in feed
    assert "Both" in feed


def test_no_word_of_the_library_becomes_a_part_of_the_page(db):
    evil = '"><script>alert(1)</script>'
    image = make_image(alt=evil, caption=evil, credit=evil, title=evil)
    assert "<script" not in with_pictures(figure(image))
    assert "<script" not in picture(image, alt=evil, sizes="100vw")


def test_a_page_asks_as_much_for_one_picture_as_for_twenty(client, db):
    numbers = set()
    for number in [1, 20]:
        body = "".join(figure(make_image()) for _ in range(number))
        article = make_visible_article(body=body, lead_image=make_image())
        client.get(article.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            page = client.get(article.get_absolute_url())
        assert page.content.decode().count("<picture>") == number + 1
        numbers.add(len(queries))
    assert len(numbers) == 1
    assert len([one for one in queries if "articles_image" in one["sql"]]) == 2


def test_lists_show_pictures_without_a_query_for_them(client, db):
    numbers = set()
    for _ in range(2):
        for _ in range(4):
            make_visible_article(lead_image=make_image())
        client.get("/")
        with CaptureQueriesContext(connection) as queries:
            assertContains(client.get("/"), "card-60.jpg")
        numbers.add(len(queries))
    assert len(numbers) == 1


def test_the_head_of_an_article_is_loaded_first_and_shared(client, db):
    image = make_image(width=1400, height=900, alt="A pier", credit="Ben Cole")
    article = make_visible_article(lead_image=image, lead_caption="In May")
    page = client.get(article.get_absolute_url())
    html = page.content.decode()
    assert html.count('fetchpriority="high"') == 1
    assert "In May" in html
    assertContains(page, f'renditions/{image.fingerprint}/share-1200.jpg"')
    assertContains(page, '<meta property="og:image:width" content="1200">')
    assertContains(page, '<meta property="og:image:height" content="630">')
    for name in ["wide-1200.jpg", "classic-1200.jpg", "square-900.jpg"]:
        assert f"{image.fingerprint}/{name}" in html
    assert '"creditText": "Ben Cole"' in html


def test_feeds_have_one_address_for_each_picture(client, db):
    image = make_image(alt="A pier")
    make_visible_article(body=figure(image))
    feed = client.get("/feeds/rss.xml").content.decode()
    assert (
        f"http://localhost:8000/media/renditions/{image.fingerprint}/whole-60.jpg"
        in feed
    )
    assert "srcset" not in feed


def test_the_pictures_of_a_draft_are_on_no_public_page(client, db):
    image = make_image()
    make_article(lead_image=image, body=figure(image))
    make_visible_article()
    for address in ["/", "/feeds/rss.xml", "/sitemap.xml"]:
        assertNotContains(client.get(address), image.fingerprint)


def test_a_picture_of_a_file_in_many_colours_keeps_its_size_in_the_page(db):
    image = make_image(file=make_picture_file(width=30, height=90))
    assert 'width="30" height="90"' in picture(image, sizes="100vw")
