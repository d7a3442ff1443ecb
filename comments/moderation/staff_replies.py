"""Staff replies: what the newsroom itself says in a conversation."""

from django.db import transaction
from django.utils.translation import gettext as _

from articles.core.append_only import name_of
from articles.models import TransitionError
from comments.models import Comment
from comments.models.comment import LONGEST_NAME
from comments.text.html import kept_line


def answer(comment, body, *, by, seen=None, approving=False, note=""):
    """
    Store a staff reply that is shown at once; return it.

    With `approving`, the comment is approved in the same transaction. `seen` is the version
    that was read. Raises TransitionError, and stores nothing, if the comment has another
    version now or if readers cannot see it.
    """
    with transaction.atomic():
        if approving:
            comment.approve(by=by, note=note, seen=seen)
            seen, note = comment.version, ""
        reply = Comment.objects.create(
            parent=comment, name=kept_line(name_of(by))[:LONGEST_NAME], body=body, by=by
        )
        reply.approve(by=by, note=note)
        # Checked after the approval, which locks the thread, so that nobody decides in between.
        _require_shown(comment, comment.version if seen is None else seen)
    return reply


def _require_shown(comment, seen):
    comment.refresh_from_db()
    if comment.version != seen:
        raise TransitionError(_changed_since(comment))
    if not comment.is_shown:
        raise TransitionError(_why_hidden(comment))


def _changed_since(comment):
    last = comment.decisions.first()
    if last is None:
        return _("This comment has changed. Read it again before you reply.")
    return _("%(decision)s. Read it again before you reply.") % {"decision": last}


def _why_hidden(comment):
    if not comment.article.is_visible:
        return _(
            "You cannot reply: readers cannot see this comment because its article is not public (%(status)s)."
        ) % {"status": comment.article.status_in_words}
    if not comment.is_approved:
        return _(
            "You cannot reply: readers cannot see this comment (%(status)s). Approve it first."
        ) % {"status": comment.get_status_display()}
    return _(
        "You cannot reply: readers cannot see this comment because the first comment of its conversation is not shown."
    )
