"""What the desk means to do: begin from what is there, and the calendar of what is to come."""

from django.db import transaction
from django.utils.text import Truncator

from articles.models import Article

LONGEST_TITLE = Article._meta.get_field("title").max_length


def duplicate(article, *, by=None):
    """A new draft of theirs that says what the working copy says, at an address of its own."""
    content = {**article.working_content()}
    del content["slug"]
    title = Truncator(f"Copy of {content['title']}").chars(LONGEST_TITLE)
    with transaction.atomic():
        copy = Article.objects.create(title=title, created_by=by)
        copy.put(content | {"title": title}, by=by)
        copy.keep_revision(by=by)
    return copy
