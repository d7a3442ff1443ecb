"""The conversation under an article, as a page shows it: roots with their replies, a page at a time."""

from dataclasses import dataclass, field

from django.urls import reverse

from articles.append_only import name_of
from articles.caching import has_session
from articles.cursors import Cursor
from comments.forms import CommentForm
from comments.markup import as_html, initial
from comments.models import Comment, Thread

ROOTS_A_PAGE = 50


@dataclass
class Entry:
    """One comment in its place on the page; a reply to a reply also says whom it answers."""

    comment: Comment
    answered: Comment | None = None
    replies: list["Entry"] = field(default_factory=list)

    @property
    def is_tombstone(self):
        return not self.comment.is_approved

    @property
    def initial(self):
        return initial(self.comment.name)

    @property
    def html(self):
        return as_html(self.comment.body)


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


def page_context(request, article, *, after=None, newest_first=False, **form):
    """What `comments/_thread.html` expects: the thread, one page of its comments, and the form."""
    entries, more = page_of(article, after=after, newest_first=newest_first)
    return {
        "thread": thread_of(article),
        "entries": entries,
        "more": more,
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
    """One page of roots, each with its replies, and the cursor of the next page: two queries, however many comments there are."""
    roots = _roots(article)
    if cursor := Cursor.parse(after):
        beyond = cursor.before if newest_first else cursor.after
        roots = roots.filter(beyond("created_at"))
    roots = roots.newest_first() if newest_first else roots.oldest_first()
    found = list(roots[: ROOTS_A_PAGE + 1])
    shown = found[:ROOTS_A_PAGE]
    more = (
        Cursor(shown[-1].created_at, shown[-1].pk) if len(found) > len(shown) else None
    )
    return _with_replies(article, shown), more


def answered_in(article, id):
    """The comment that the form answers; None when readers cannot see it under this article."""
    if not id:
        return None
    try:
        return Comment.objects.shown().filter(article=article, pk=id).first()
    except (ValueError, OverflowError):
        return None


def address_of(comment):
    """The page and the place on it where a comment that is on a page stands: two narrow queries at most."""
    root_id = comment.root_id or comment.pk
    roots = _roots(comment.article)
    first_page = roots.oldest_first().values_list("pk", flat=True)[:ROOTS_A_PAGE]
    page = comment.article.get_absolute_url()
    if root_id not in list(first_page):
        root = comment.root or comment
        place = Cursor(root.created_at, root.pk)
        before = roots.filter(place.before("created_at"))
        last = before.newest_first()[0]
        page = reverse("comments:thread", args=[comment.article.slug])
        page += f"?after={Cursor(last.created_at, last.pk)}"
    return f"{page}#comment-{comment.pk}"


def _roots(article):
    return _on_page(article).filter(root=None)


def _on_page(article):
    # What readers must not see is not even loaded for them.
    return (
        Comment.objects.on_page()
        .filter(article=article)
        .defer("email", "network", "repeat_key")
    )


def _with_replies(article, roots):
    entries = {root.pk: Entry(root) for root in roots}
    if not entries:
        return []
    everyone = {root.pk: root for root in roots}
    for reply in _on_page(article).filter(root__in=roots).oldest_first():
        everyone[reply.pk] = reply
        to_a_reply = reply.parent_id != reply.root_id
        answered = everyone.get(reply.parent_id) if to_a_reply else None
        entries[reply.root_id].replies.append(Entry(reply, answered))
    return list(entries.values())
