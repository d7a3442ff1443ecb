"""The pages of a conversation: roots with their first replies, or one root with all replies."""

from dataclasses import dataclass, field

from django.http import Http404

from articles.core.append_only import name_of
from articles.core.http_cache import has_session
from articles.core.pagination import Cursor, cursor_or_404, filter_beyond
from comments.forms import CommentForm
from comments.models import Comment, Thread
from comments.text.html import as_html

ROOTS_A_PAGE = 50
# The number of replies under each root; further ones are on the root's own page.
REPLIES_UNFOLDED = 5
REPLIES_A_PAGE = 50
PICKS = 5


@dataclass
class ThreadEntry:
    """
    One comment on the page, with its replies.

    `answered` is set for a reply to another reply: an unsaved Comment with the key, the name
    and the first words of what it answers. `answered_is_here` says whether that is on the
    same page.
    """

    comment: Comment
    answered: Comment | None = None
    answered_is_here: bool = False
    replies: list["ThreadEntry"] = field(default_factory=list)
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
class ThreadPage:
    """One page of the conversation; `root` is set if all entries are replies to one root."""

    entries: list[ThreadEntry]
    more: Cursor | None = None
    is_first: bool = True
    root: ThreadEntry | None = None

    @property
    def is_folded(self):
        return any(entry.is_folded for entry in self.entries)


def thread_of(article):
    """The article's thread, cached on the article; an unsaved one if none is stored."""
    try:
        return article.thread
    except Thread.DoesNotExist:
        return Thread(article=article)


def moderator_of(request):
    """The signed-in moderator, or None; without a session this costs no query."""
    if not has_session(request):
        return None
    user = request.user
    can = user.is_staff and user.has_perm("comments.moderate_comment")
    return user if can else None


def page_context(
    request, article, *, root=None, after=None, newest_first=False, **form
):
    """
    The context of `comments/_thread.html`: the thread, one page of it, and the form.

    With `root`, a comment, the page shows only the replies to it. `after` is the text of a
    cursor, `form` are arguments of `form_context`. Raises Http404 for an invalid cursor.
    """
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
    """The context of `comments/_form.html`; `answered` is the comment to reply to, if any."""
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
        # Public pages are cached, so they carry no CSRF token; see comments.security.csrf.
        "needs_token": has_session(request),
    }


def page_of(article, *, after=None, newest_first=False):
    """One page of roots, each with its first REPLIES_UNFOLDED replies; two queries."""
    roots = Comment.objects.roots_on_page(article).with_fold(REPLIES_UNFOLDED)
    if cursor := cursor_or_404(after):
        place = cursor.before if newest_first else cursor.after
        roots = filter_beyond(roots, place("created_at"))
    roots = roots.newest_first() if newest_first else roots.oldest_first()
    roots, more = _cut_page(
        roots.for_reading(), ROOTS_A_PAGE, is_further=cursor is not None
    )
    return ThreadPage(_with_first_replies(roots), more, is_first=cursor is None)


def page_under(root, *, after=None):
    """One page of the replies to a root that is on a public page; one query."""
    replies = Comment.objects.replies_on_page([root]).with_answered_comment()
    if cursor := cursor_or_404(after):
        replies = filter_beyond(replies, cursor.after("created_at"))
    replies, more = _cut_page(
        replies.for_reading().oldest_first(),
        REPLIES_A_PAGE,
        is_further=cursor is not None,
    )
    entry = ThreadEntry(root, replies=_entries(replies))
    return ThreadPage([entry], more, is_first=cursor is None, root=entry)


def picks_of(article):
    """The newsroom's picks in the conversation, newest pick first."""
    picks = Comment.objects.shown().picked().filter(article=article).for_reading()
    return [ThreadEntry(pick) for pick in picks.order_by("-picked_at", "-id")[:PICKS]]


def root_in(article, id):
    """The root with this id on the article's public pages; None if there is none."""
    roots = Comment.objects.roots_on_page(article).for_reading()
    return _by_id(roots, id)


def answered_in(article, id):
    """The shown comment under the article with this id, to reply to; None if there is none."""
    return _by_id(Comment.objects.shown().filter(article=article), id)


def _by_id(comments, id):
    if not id:
        return None
    try:
        return comments.filter(pk=id).first()
    except (ValueError, OverflowError):
        return None


def _cut_page(comments, size, *, is_further):
    """
    The first `size` comments, and the cursor of the next page (None on the last).

    Raises Http404 if nothing comes after a cursor (`is_further`).
    """
    found = list(comments[: size + 1])
    shown = found[:size]
    if is_further and not shown:
        raise Http404("No comments come after this cursor.")
    more = len(found) > size
    return shown, Cursor(shown[-1].created_at, shown[-1].pk) if more else None


def _with_first_replies(roots):
    entries = {
        root.pk: ThreadEntry(root, is_folded=root.folds_at is not None)
        for root in roots
    }
    if entries:
        replies = Comment.objects.replies_before_the_fold(roots)
        replies = replies.with_answered_comment().for_reading()
        # Sorted here: with ORDER BY, SQLite would walk through all comments.
        for entry in _entries(sorted(replies, key=_oldest_first)):
            entries[entry.comment.root_id].replies.append(entry)
    return list(entries.values())


def _oldest_first(comment):
    return comment.created_at, comment.pk


def _entries(replies):
    here = {reply.pk for reply in replies}
    return [
        ThreadEntry(reply, _answered_by(reply), reply.parent_id in here)
        for reply in replies
    ]


def _answered_by(reply):
    if reply.answered_name is None:
        return None
    return Comment(
        pk=reply.parent_id, name=reply.answered_name, body=reply.answered_words
    )
