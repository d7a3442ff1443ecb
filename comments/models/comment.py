from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from articles.core.link_keys import LinkedRow
from articles.models import Article
from comments.models import author_steps, moderator_steps, texts
from comments.models.comment_indexes import INDEXES
from comments.models.deciding import save_as_shown
from comments.models.querysets import (
    LEAVES_A_TOMBSTONE,
    CommentQuerySet,
    takes_a_place,
)

# In characters as people see them; see comments.forms.fields.
LONGEST_NAME = 80
LONGEST_BODY = 5000
# How long an author can change what was sent.
EDIT_WINDOW = timedelta(minutes=15)


class Comment(LinkedRow):
    """A reader's comment or a staff reply: its text, its place in a conversation, its status."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Pending")
        APPROVED = "approved", pgettext_lazy("status of a comment", "Approved")
        REJECTED = "rejected", pgettext_lazy("status of a comment", "Rejected")
        SPAM = "spam", _("Spam")
        WITHDRAWN = "withdrawn", _("Withdrawn by its author")

    # Protected: comments and the decisions on them stay on record.
    article = models.ForeignKey(
        Article,
        on_delete=models.PROTECT,
        related_name="comments",
        verbose_name=_("article"),
    )
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="answers",
        verbose_name=_("reply to"),
        help_text=_("The comment that this one replies to."),
    )
    # The first comment of the conversation; None for a root. `save` derives it from `parent`.
    root = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="replies",
        verbose_name=_("first comment"),
    )
    # Wider than the form allows: one visible character may be several code points.
    name = models.CharField(_("name"), max_length=4 * LONGEST_NAME)
    email = models.EmailField(_("email"), blank=True)
    body = models.TextField(_("comment"))
    # Whether the author wants mails about replies.
    notify = models.BooleanField(_("reply notifications"), default=False)
    text_revision = models.PositiveIntegerField(
        _("revision"), default=1, editable=False
    )
    # The account of the member of staff who wrote a staff reply.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("member of staff"),
    )
    # The reader who has proved that they wrote the comment: with their browser's token or
    # with the mailed link. A typed name or address proves nothing.
    commenter = models.ForeignKey(
        "comments.Commenter",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="comments",
        verbose_name=_("commenter"),
    )
    # The mailbox at `email`, once its owner has proved, as above, that they wrote the
    # comment. Until then `email` is only what somebody typed.
    mailbox = models.ForeignKey(
        "comments.Mailbox",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="comments",
        verbose_name=_("mailbox"),
        # An index of its own leaves out the many comments without a mailbox.
        db_index=False,
    )
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=Status,
        default=Status.PENDING,
        editable=False,
    )
    # The status given by the newest decision of a moderator that is not undone, and its
    # time. Both stay when the author withdraws the comment.
    judged_as = models.CharField(
        _("decision"), max_length=10, blank=True, editable=False
    )
    judged_at = models.DateTimeField(_("decided"), null=True, editable=False)
    # Counts decisions and edits. A step names the version it was decided on, so that a
    # stale one is refused.
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_at = models.DateTimeField(
        _("written"), default=timezone.now, editable=False
    )
    first_shown_at = models.DateTimeField(_("first shown"), null=True, editable=False)
    # When the reply was announced by mail to those it answers, or when that became unnecessary.
    announced_at = models.DateTimeField(_("announced"), null=True, editable=False)
    edited_at = models.DateTimeField(
        pgettext_lazy("time", "edited"), null=True, editable=False
    )
    erased_at = models.DateTimeField(_("erased"), null=True, editable=False)
    picked_at = models.DateTimeField(
        pgettext_lazy("time", "picked"), null=True, editable=False
    )
    # For a root: the number of approved replies, updated in the transaction of each decision.
    approved_replies = models.PositiveIntegerField(
        _("approved replies"), default=0, editable=False
    )
    # The number of reports since a moderator last decided on the comment.
    open_reports = models.PositiveIntegerField(
        _("open reports"), default=0, editable=False
    )
    # Computed by the database, so that one index finds the roots of a page.
    has_place = models.GeneratedField(
        expression=Case(When(takes_a_place(), then=Value(True)), default=Value(False)),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    network = models.CharField(_("network"), max_length=64, blank=True, editable=False)
    # Equal for two posts of the same text to the same place from the same network. It is
    # unique, so the second post makes no second row; see comments.posting.submit.
    repeat_key = models.CharField(  # noqa: DJ001 - unique: no key is NULL
        max_length=64, null=True, unique=True, editable=False
    )

    objects = CommentQuerySet.as_manager()

    class Meta:
        indexes = INDEXES
        constraints = [
            models.CheckConstraint(
                name="replies_have_a_root",
                condition=Q(parent=None, root=None)
                | Q(parent__isnull=False, root__isnull=False),
            ),
            models.CheckConstraint(
                name="comments_have_a_known_status",
                condition=Q(
                    status__in=["pending", "approved", "rejected", "spam", "withdrawn"]
                ),
            ),
        ]
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        permissions = [("moderate_comment", gettext_noop("Can decide on comments"))]

    def __str__(self):
        return f"{self.name}: {self.body[:60]}"

    def save(self, *args, **kwargs):
        """Save the comment; a new reply takes its root and article from its parent."""
        if self._state.adding:
            if self.parent is not None:
                self.root_id = self.parent.root_id or self.parent.pk
                self.article_id = self.parent.article_id
            if self.is_approved:
                return save_as_shown(self, partial(super().save, *args, **kwargs))
        return super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("comments:comment", args=[self.pk])

    @property
    def is_waiting(self):
        return self.status == self.Status.PENDING

    @property
    def is_approved(self):
        return self.status == self.Status.APPROVED

    @property
    def is_spam(self):
        return self.status == self.Status.SPAM

    @property
    def is_withdrawn(self):
        return self.status == self.Status.WITHDRAWN

    @property
    def is_shown(self):
        return Comment.objects.shown().filter(pk=self.pk).exists()

    @property
    def is_picked(self):
        return self.picked_at is not None

    @property
    def is_erased(self):
        return self.erased_at is not None

    @property
    def carries_replies(self):
        """Whether replies can be shown under this root, as `querysets.carries_replies` asks."""
        is_buried = (
            self.first_shown_at is not None and self.status in LEAVES_A_TOMBSTONE
        )
        return self.is_approved or is_buried

    @property
    def editable_until(self):
        """The moment at which the time for edits by the author ends."""
        return self.created_at + EDIT_WINDOW

    @property
    def is_editable(self):
        """Whether the author can still change the text."""
        return (
            self.status in [self.Status.PENDING, self.Status.APPROVED]
            and timezone.now() < self.editable_until
            and not self.is_redacted
            and not self.answers.counting_as_answers().exists()
        )

    @property
    def is_redacted(self):
        """Whether a moderator has taken words out and nobody has put them back."""
        return texts.is_redacted(self)

    @property
    def can_be_appealed(self):
        """Whether the author can still ask the moderators to reconsider."""
        return (
            self.status in [self.Status.REJECTED, self.Status.SPAM]
            and not self.is_erased
            and not self._has_appeal()
        )

    @property
    def was_judged(self):
        """Whether a moderator has ever decided on the comment."""
        return self.decisions.by_people().exists()

    @property
    def has_open_appeal(self):
        return self._has_appeal() and self.appeal.is_open

    @property
    def wants_a_second_look(self):
        """Whether there are reports or an appeal that no moderator has answered."""
        return self.open_reports > 0 or self.has_open_appeal

    @property
    def waits_since(self):
        """When the comment last began to wait for a moderator."""
        return moderator_steps.waits_since(self)

    def text_of(self, revision):
        """The text in the revision with this number."""
        return texts.text_at_revision(self, revision)

    @property
    def possible_steps(self):
        """The names of the steps that a moderator can take now, in a fixed order."""
        return moderator_steps.possible_steps(self)

    @property
    def wants_news(self):
        """Whether the author wants mails about replies, as `CommentQuerySet.wanting_news` asks."""
        return self.notify and self.email != ""

    @property
    def has_unproven_address(self):
        """Whether an address was typed whose owner has not proved that they wrote the comment."""
        return self.email != "" and self.mailbox_id is None

    def asks_about(self, mailbox):
        """Whether the owner of this mailbox is still to confirm that they wrote the comment."""
        return self.has_unproven_address and self.email.lower() == mailbox.address

    # Steps. Each is one guarded transaction that records its decision, and raises a
    # TransitionError where it is not possible. `by` is the account of the moderator, `seen` the
    # version that they looked at (by default the one that this object was loaded with), `note`
    # for the desk, `batch` the bulk action that the step is part of.

    def approve(self, *, by=None, note="", seen=None, batch=None):
        """Let readers see the comment."""
        moderator_steps.approve(self, by=by, note=note, seen=seen, batch=batch)

    def reject(
        self,
        *,
        by=None,
        reason="",
        explanation="",
        told=True,
        note="",
        seen=None,
        batch=None,
    ):
        """
        Do not publish the comment, or take it off the page.

        `reason` is a Decision.Reason. The author learns it and the `explanation` if `told` is
        true; only moderators read the note.
        """
        moderator_steps.reject(
            self,
            by=by,
            reason=reason,
            explanation=explanation,
            told=told,
            note=note,
            seen=seen,
            batch=batch,
        )

    def mark_spam(self, *, by=None, note="", seen=None, batch=None):
        """Mark the comment as spam; its author is not told so."""
        moderator_steps.mark_spam(self, by=by, note=note, seen=seen, batch=batch)

    def keep(self, *, by=None, note="", seen=None, batch=None):
        """Answer the reports and the appeal by leaving the comment as it is."""
        moderator_steps.keep(self, by=by, note=note, seen=seen, batch=batch)

    def pick(self, *, by=None, note="", seen=None, batch=None):
        """Show the comment among the newsroom's picks."""
        moderator_steps.pick(self, by=by, note=note, seen=seen, batch=batch)

    def unpick(self, *, by=None, note="", seen=None, batch=None):
        """Take the comment off the newsroom's picks."""
        moderator_steps.unpick(self, by=by, note=note, seen=seen, batch=batch)

    def redact(self, body, *, by, note="", seen=None):
        """Replace the text by one in which a moderator has taken words out; the status stays."""
        moderator_steps.redact(self, body, by=by, note=note, seen=seen)

    def undo(self, *, by=None, note="", seen=None, batch=None):
        """Put the comment back to where it was before the newest decision."""
        moderator_steps.undo(self, by=by, note=note, seen=seen, batch=batch)

    def hold_for_reports(self):
        """Let a published comment wait again because readers have reported it."""
        moderator_steps.hold_for_reports(self)

    def withdraw(self):
        """Take the comment back, as its author."""
        author_steps.withdraw(self)

    def edit(self, body, *, status=Status.PENDING):
        """Change the words, as their author; `status` is what the screening makes of them."""
        author_steps.edit(self, body, status=status)

    def erase(self):
        """Blank everything that its author wrote, for ever, and withdraw the comment."""
        author_steps.erase(self)

    def stop_notifying(self):
        """Send the author no further mails about replies."""
        self.notify = False
        self.save(update_fields=["notify"])

    def claim_announcement(self):
        """Claim the announcement of this reply; true for exactly one caller, once."""
        this_reply = Comment.objects.filter(pk=self.pk, announced_at=None)
        return bool(this_reply.update(announced_at=timezone.now()))

    def _has_appeal(self):
        return hasattr(self, "appeal")
