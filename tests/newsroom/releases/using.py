"""
What readers and editors do on a site that `fill.py` has filled, in the process of that site.

The code may be that of the last release: this uses only what its tests had, too.
"""

from uuid import uuid4

from django.contrib.auth.models import User
from django.test import Client

from articles.models import Article, Revision
from comments.models import Comment
from comments.moderation.queue import seen
from tests.articles.admin.desk import form_of, typed
from tests.comments.views.sending import send


def use_the_site():
    """Read, comment, moderate, and save an article. Raises AssertionError."""
    article = Article.objects.get(slug="the-visible-one")
    reader, editor = Client(), Client()
    editor.force_login(User.objects.get(username="chief"))
    _see(reader, "/", article.title)
    _see(reader, article.get_absolute_url(), "Next line")

    # The site is used more than once, and refuses what it has had already.
    words = f"Written after the move, {uuid4().hex}."
    sent = send(reader, article, body=words)
    assert sent.status_code == 303, sent.content
    comment = Comment.objects.latest("pk")
    assert comment.status == "pending"
    decided = editor.post(
        "/admin/comments/queue/decide/",
        {"step": "approve", "seen": seen(comment)},
    )
    assert decided.status_code < 400, decided.content
    comment.refresh_from_db()
    assert comment.status == "approved", decided.content
    _see(reader, article.get_absolute_url(), words)

    # One that was not saved by this yet, whose form would have to name the version it began from.
    drafts = Article.objects.filter(status=Article.Status.DRAFT)
    draft = drafts.exclude(title__startswith="Saved after").first()
    title = f"Saved after the move, {uuid4().hex}"
    before = Revision.objects.filter(article=draft).count()
    saved = editor.post(form_of(draft), typed(draft, title=title))
    assert saved.status_code == 302, saved.content
    draft.refresh_from_db()
    assert draft.title == title
    assert Revision.objects.filter(article=draft).count() == before + 1


def _see(client, address, words):
    page = client.get(address)
    assert page.status_code == 200, (address, page.status_code)
    assert words in page.content.decode(), address
