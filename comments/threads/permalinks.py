"""Find the page of the conversation that a comment's permalink leads to."""

from django.utils.http import urlencode

from articles.core.pagination import Cursor, filter_beyond
from comments.models import Comment
from comments.threads.pages import REPLIES_UNFOLDED, ROOTS_A_PAGE


def address_of(comment):
    """The page with the comment, and its anchor there; at most three small queries."""
    return f"{_page_with(comment)}#comment-{comment.pk}"


def _page_with(comment):
    article, root = comment.article, comment.root or comment
    if comment != root:
        replies = Comment.objects.replies_on_page([root])
        if not _is_among_the_first(replies, REPLIES_UNFOLDED, comment):
            return _page_from(article, replies, comment, root=root.pk)
    roots = Comment.objects.roots_on_page(article)
    if _is_among_the_first(roots, ROOTS_A_PAGE, root):
        return article.get_absolute_url()
    return _page_from(article, roots, root)


def _is_among_the_first(comments, number, comment):
    return comment.pk in list(
        comments.oldest_first().values_list("pk", flat=True)[:number]
    )


def _page_from(article, comments, comment, **parameters):
    """The address of the page of these comments that begins with this one."""
    place = Cursor(comment.created_at, comment.pk)
    before = filter_beyond(comments, place.before("created_at"))
    if last := before.newest_first().only("created_at").first():
        parameters["after"] = Cursor(last.created_at, last.pk)
    page = article.address_of("comments:thread")
    return f"{page}?{urlencode(parameters)}" if parameters else page
