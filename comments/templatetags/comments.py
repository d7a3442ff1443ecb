"""The conversation on article pages, which need not import it."""

from django import template

from comments.avatars import drawing_for
from comments.conversation import page_context, thread_of
from comments.markup import as_plain

register = template.Library()


@register.inclusion_tag("comments/_thread.html", takes_context=True)
def comment_thread(context, article):
    """The first page of the conversation under an article, and the form to join it."""
    return page_context(context["request"], article)


@register.simple_tag
def comment_count(article):
    """How many comments readers see under the article; the same read as `comment_thread`'s."""
    return thread_of(article).shown_count


@register.simple_tag
def avatar(name):
    """The pattern that stands beside the name."""
    return drawing_for(name)


@register.filter
def plain(text):
    """The words of a comment for an excerpt: `{{ comment.body|plain|truncatechars:80 }}`."""
    return as_plain(text)
