"""
The library at a million pictures: the same number of queries as at a thousand.

On PostgreSQL. No file lies behind the rows: what is measured are the pages, which show the
addresses of pictures and open none.
"""

import pytest
from django.db import connection

from articles.models import Image
from tests.benchmarks.asking import measured, report, slower
from tests.factories import make_article, make_user

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="the rows are made by PostgreSQL"
    ),
]

FULL, MANY = 1_000, 1_000_000
ROUNDS = 5
AT_MOST = 3

# Of every thousand, enough for a full page without alt text, without credit, off the site,
# animated and in no article.
IMAGES = """
    INSERT INTO articles_image (
        file, title, alt, decorative, caption, credit, licence, source, focal_x, focal_y,
        width, height, has_alpha, frames, content_hash, fingerprint, renditions_made_at,
        taken_down_at, taken_down_by_name, taken_down_reason, created_by_id,
        created_at, modified_at
    )
    SELECT
        'originals/aa/' || number || '.jpg', 'Picture ' || number,
        CASE WHEN number %% 1000 < 60 THEN '' ELSE 'A harbour at noon, ' || number END,
        false, '', CASE WHEN number %% 1000 BETWEEN 100 AND 160 THEN '' ELSE 'Ana Ruiz' END,
        '', '', 0.5, 0.5, 1600, 1067, false,
        CASE WHEN number %% 1000 BETWEEN 200 AND 260 THEN 2 ELSE 1 END,
        md5('sent' || number) || md5('sent' || number), md5('seen' || number), now(),
        CASE WHEN number %% 1000 BETWEEN 300 AND 360 THEN now() END, '', '', %(editor)s,
        now() - number * interval '1 minute', now() - number * interval '1 minute'
    FROM generate_series(%(from)s, %(to)s) AS number
"""
USES = """
    INSERT INTO articles_imageuse (article_id, image_id)
    SELECT %(article)s, id FROM articles_image AS image
    WHERE id %% 1000 > 60 AND NOT EXISTS (
        SELECT FROM articles_imageuse WHERE image_id = image.id
    )
"""

LIST, PICKER = "/admin/articles/image/", "/admin/articles/image/pick/"
PAGES = {
    "list": LIST,
    "list, page 5": f"{LIST}?p=5",
    "list, no alt text": f"{LIST}?pile=no_alt",
    "list, no credit": f"{LIST}?pile=no_credit",
    "list, in no article": f"{LIST}?pile=unused",
    "list, off the site": f"{LIST}?pile=off_site",
    "list, animated": f"{LIST}?pile=animated",
    "list, mine": f"{LIST}?pile=mine",
    "list, by title": f"{LIST}?o=1",
    "list, by credit": f"{LIST}?o=3",
    "list, a search": f"{LIST}?q=harbour+77",
    "picker": PICKER,
    "picker, older": f"{PICKER}?before={{image}}",
    "picker, a search": f"{PICKER}?q=noon+77",
    "form": "/admin/articles/image/{image}/change/",
}
# These read the words of every row, or sort all of them, and are asked for by hand.
MAY_GET_SLOW = {
    "list, by title",
    "list, by credit",
    "list, a search",
    "picker, a search",
}


def grow(start, end, editor, article):
    numbers = {"from": start, "to": end, "editor": editor.pk, "article": article.pk}
    with connection.cursor() as cursor:
        cursor.execute(IMAGES, numbers)
        cursor.execute(USES, numbers)
        for table in ["image", "imageuse"]:
            cursor.execute(f"ANALYZE articles_{table}")


def places():
    image = Image.objects.newest_first()[500]
    return {name: address.format(image=image.pk) for name, address in PAGES.items()}


def test_the_library_is_as_fast_with_a_million_pictures_as_with_a_thousand(client, db):
    editor, article = make_user(role="Editors"), make_article()
    client.force_login(editor)
    grow(1, FULL, editor, article)
    full = measured(client, places(), rounds=ROUNDS)
    grow(FULL + 1, MANY, editor, article)
    many = measured(client, places(), rounds=ROUNDS)
    report(full, many)
    assert all(len(many[name][0]) <= len(full[name][0]) for name in PAGES)
    assert not slower(full, many, at_most=AT_MOST).keys() - MAY_GET_SLOW
