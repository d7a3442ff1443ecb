"""What the tests of the moderators' desk send and read."""

from urllib.parse import urlencode

from django.contrib.messages import get_messages
from django.urls import reverse

from comments.models import Comment


def form_of(comment, filters=""):
    """The form of the comment, opened from a list with these filters."""
    address = reverse("admin:comments_comment_change", args=[comment.pk])
    query = urlencode({"_changelist_filters": filters})
    return f"{address}?{query}" if filters else address


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def status_of(comment):
    return Comment.objects.get(pk=comment.pk).status
