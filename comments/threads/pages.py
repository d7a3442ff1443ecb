"""The conversation under an article, a page at a time: roots with their first replies, or one root with all of its."""

from dataclasses import dataclass, field

from django.http import Http404

from articles.core.append_only import name_of
from articles.core.http_cache import has_session
from articles.core.pagination import Cursor, beyond, cursor_or_404
from comments.forms import CommentForm
from comments.models import Comment, Thread
from comments.text.html import as_html

ROOTS_A_PAGE = 50
# So many replies stand under a root; the others are folded away to a page of their own.
REPLIES_UNFOLDED = 5
REPLIES_A_PAGE = 50
PICKS = 5


@dataclass
class Entry:
    """One comment in its place on the page; a reply to a reply also says whom it answers."""

    comment: Comment
    answered: Comment | None = None
    answered_is_here: bool = False
    replies: list["Entry"] = field(default_factory=list)
    is_folded: bool = False

    @property
    def is_tombstone(self):
        return not self.comment.is_approved

    @property
    def answered_address(self):
        if self.answered_is_here:
            return f"#comment-{self.answered.pk}"
        return self.answered.get_absolute_url()

    @property
    def html(self):
        return as_html(self.comment.body)


@dataclass
class Page:
    """A stretch of the conversation, and the cursor of the next; `root` when all of it hangs under one."""

    entries: list[Entry]
    more: Cursor | None = None
    is_first: bool = True
    root: Entry | None = None

    @property
    def is_folded(self):
        return any(entry.is_folded for entry in self.entries)


def thread_of(article):
    """The article's thread, read once for each object; one that nobody needed yet is not made by a page."""
    try:
        return article.thread
    except Thread.DoesNotExist:
        return Thread(article=article)


def moderator_of(request):
    """The signed-in moderator who asks; None for everybody else, without a look at the database when there is no session."""
    if not has_session(request):
        return None
    user = request.user
    can = user.is_staff and user.has_perm("comments.moderate_comment")
    return user if can else None


def page_context(
    request, article, *, root=None, after=None, newest_first=False, **form
):
    """What `comments/_thread.html` expects: the thread, one page of its comments or of one root's, and the form."""
    if root is not None:
        page = page_under(root, after=after)
    else:
        page = page_of(article, after=after, newest_first=newest_first)
    return {
        "thread": thread_of(article),
        "page": page,
        "picks": picks_of(article) if page.is_first and root is None else [],
        "newest_first": newest_first,
        **form_context(request, article, **form),
    }


def form_context(request, article, *, form=None, answered=None):
    """What `comments/_form.html` expects."""
    moderator = moderator_of(request)
    if form is None:
        initial = {"parent": answered and answered.pk}
        if moderator:
            initial["name"] = name_of(moderator)
        form = CommentForm(instance=Comment(article=article), initial=initial)
    return {
        "article": article,
        "form": form,
        "answered": answered,
        "moderator": moderator,
        "thread": thread_of(article),
        # Pages for everybody are kept by caches, so they carry no token; see across_sites.
        "needs_token": has_session(request),
    }


def page_of(article, *, after=None, newest_first=False):
    """One page of roots, each with its first replies: two queries, and at most five replies of each root, however many there are."""
    roots = Comment.objects.roots_on_page(article).knowing_their_fold(REPLIES_UNFOLDED)
    if cursor := cursor_or_404(after):
        place = cursor.before if newest_first else cursor.after
        roots = beyond(roots, place("created_at"))
    roots = roots.newest_first() if newest_first else roots.oldest_first()
    roots, more = _stretch(
        roots.for_reading(), ROOTS_A_PAGE, is_further=cursor is not None
    )
    return Page(_with_first_replies(roots), more, is_first=cursor is None)


def page_under(root, *, after=None):
    """One page of the replies to a root that is on the page, under that root: one query."""
    replies = Comment.objects.replies_on_page([root]).knowing_whom_they_answer()
    if cursor := cursor_or_404(after):
        replies = beyond(replies, cursor.after("created_at"))
    replies, more = _stretch(
        replies.for_reading().oldest_first(),
        REPLIES_A_PAGE,
        is_further=cursor is not None,
    )
    entry = Entry(root, replies=_entries(replies))
    return Page([entry], more, is_first=cursor is None, root=entry)


def picks_of(article):
    """What the newsroom has picked from the conversation, the newest pick first."""
    picks = Comment.objects.shown().picked().filter(article=article).for_reading()
    return [Entry(pick) for pick in picks.order_by("-picked_at", "-id")[:PICKS]]


def root_in(article, id):
    """The root with this id, when it has a place under the article; None for everything else."""
    roots = Comment.objects.roots_on_page(article).for_reading()
    return _by_id(roots, id)


def answered_in(article, id):
    """The comment that the form answers; None when readers cannot see it under this article."""
    return _by_id(Comment.objects.shown().filter(article=article), id)


def _by_id(comments, id):
    if not id:
        return None
    try:
        return comments.filter(pk=id).first()
    except (ValueError, OverflowError):
        return None


def _stretch(comments, size, *, is_further):
    """
    The first of the comments, and the cursor of what comes after them.

    Raises Http404 where there is none after a cursor.
    """
    found = list(comments[: size + 1])
    shown = found[:size]
    if is_further and not shown:
        raise Http404("Nothing comes after this place.")
    more = len(found) > size
    return shown, Cursor(shown[-1].created_at, shown[-1].pk) if more else None


def _with_first_replies(roots):
    entries = {
        root.pk: Entry(root, is_folded=root.folds_at is not None) for root in roots
    }
    if entries:
        replies = Comment.objects.replies_before_the_fold(roots)
        replies = replies.knowing_whom_they_answer().for_reading()
        # Put in order here: for the database's order, SQLite walks through every comment there is.
        for entry in _entries(sorted(replies, key=_oldest_first)):
            entries[entry.comment.root_id].replies.append(entry)
    return list(entries.values())


def _oldest_first(comment):
    return comment.created_at, comment.pk


def _entries(replies):
    here = {reply.pk for reply in replies}
    return [
        Entry(reply, _answered_by(reply), reply.parent_id in here) for reply in replies
    ]


def _answered_by(reply):
    if reply.answered_name is None:
        return None
    return Comment(
        pk=reply.parent_id, name=reply.answered_name, body=reply.answered_words
    )
