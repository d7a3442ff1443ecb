"""Slow decoding of a picture does not block comments, not even on SQLite with its one writer."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from articles.images.processing import worker_pool
from articles.models import Image
from comments.models import Comment
from tests.articles.images.processing import hostile
from tests.factories import make_image, make_user, make_visible_article

# In seconds: how long each picture is decoded, and the most that a comment may take.
DECODING = 4
AT_MOST = 2

ADD = reverse("admin:articles_image_add")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["add", "replace"])
def test_comments_are_stored_in_time_while_pictures_are_decoded(way, monkeypatch):
    editor, article, image = (
        make_user(role="Editors"),
        make_visible_article(),
        make_image(alt="A field"),
    )
    form = reverse("admin:articles_image_change", args=[image.pk])
    worker_pool.close_idle()
    # The decoder of a real child process does not end.
    monkeypatch.setattr(worker_pool, "_START", "import time; time.sleep(60)")
    monkeypatch.setattr(worker_pool, "MAX_SECONDS", DECODING)

    def upload(number):
        client = Client()
        client.force_login(editor)
        content = hostile.jpeg_with_scans(10 + number, width=60, height=40)
        file = SimpleUploadedFile("x.jpg", content)
        start = time.monotonic()
        try:
            if way == "add":
                page = client.post(ADD, {"files": [file]})
            else:
                words = {"alt": "Typed", "credit": "Ben", "focal_x": 0.5}
                page = client.post(form, words | {"focal_y": 0.5, "replacement": file})
            return page, time.monotonic() - start
        finally:
            connection.close()

    def comment(number):
        time.sleep(1 + number / 2)
        start = time.monotonic()
        try:
            Client().post(
                article.get_absolute_url() + "comments/",
                {"name": "Inés", "body": f"Remark {number}."},
            )
            stored = Comment.objects.filter(body__contains=f"Remark {number}.").exists()
            return stored, time.monotonic() - start
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as people:
        uploads = [people.submit(upload, number) for number in range(2)]
        comments = [people.submit(comment, number) for number in range(2)]
    for stored, seconds in [one.result() for one in comments]:
        assert stored
        assert seconds < AT_MOST
    for page, seconds in [one.result() for one in uploads]:
        # They were decoded during all of this.
        assert seconds >= DECODING
        assert f"longer than {DECODING} seconds" in page.content.decode()
        if way == "replace":
            assert 'value="Ben"' in page.content.decode()
            assert ">Typed</textarea>" in "".join(page.content.decode().split("\n"))
    assert Image.objects.get().alt == "A field"
