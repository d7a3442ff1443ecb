"""Template tags for conversations, so that articles need not import comments."""

from django import template
from django.conf import settings
from django.utils.text import capfirst

from articles.core.durations import MINUTE, duration_in_words
from articles.core.text.counting import shortened
from comments.models import Decision, Thread
from comments.models.commenter import CLEAN_FOR
from comments.stats.public import typical_wait
from comments.text.avatars import drawing_for
from comments.text.html import as_plain
from comments.threads.pages import page_context, thread_of

register = template.Library()


@register.inclusion_tag("comments/_thread.html", takes_context=True)
def comment_thread(context, article):
    """The first page of the conversation under an article, with the form."""
    return page_context(context["request"], article)


@register.inclusion_tag("comments/_how_decided.html")
def how_comments_are_decided():
    """How comments are decided on, for the page with the rules."""
    wait, decisions = typical_wait() or (None, 0)
    return {
        "is_held": settings.COMMENT_POLICY == Thread.Policy.HELD,
        "is_closed": settings.COMMENT_POLICY == Thread.Policy.CLOSED,
        "approvals": settings.TRUST_AFTER_APPROVALS,
        "clean_days": CLEAN_FOR.days,
        "reports": settings.REPORTS_TO_HOLD,
        "reasons": [capfirst(reason.label) for reason in Decision.Reason],
        "wait": wait and duration_in_words(wait, smallest=MINUTE),
        "decisions": decisions,
    }


@register.simple_tag
def comment_count(article):
    """The number of shown comments under the article; shares its query with `comment_thread`."""
    return thread_of(article).shown_count


@register.simple_tag
def avatar(name):
    """The pattern beside the name, as SVG."""
    return drawing_for(name)


@register.filter
def plain(text):
    """A comment's text for an excerpt: `{{ comment.body|plain|shortened:80 }}`."""
    return as_plain(text)


# Django's own `truncatechars` cuts families of emoji, and letters of Hindi and Thai, in two.
register.filter("shortened", shortened)
