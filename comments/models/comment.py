from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from articles.core.link_keys import KEY_LENGTH, RandomKey, random_key
from articles.models import Article, TransitionError
from comments.models.appeal import Appeal
from comments.models.commenter import Commenter
from comments.models.deciding import decide, follow, reports_open_before
from comments.models.decision import Decision, standing
from comments.models.querysets import (
    LEAVES_A_TOMBSTONE,
    CommentQuerySet,
    takes_a_place,
)
from comments.models.signal import Signal
from comments.models.text_revision import TextRevision
from comments.models.thread import Thread
from comments.models.training import Training

# In characters as people see them; see comments.forms.fields.
LONGEST_NAME = 80
LONGEST_BODY = 5000
# How long an author can change what was sent.
EDIT_WINDOW = timedelta(minutes=15)


class Comment(models.Model):
    class Status(models.TextChoices):
        PENDING = "pending", "Pending"
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"
        SPAM = "spam", "Spam"
        WITHDRAWN = "withdrawn", "Withdrawn by its author"

    # Protected: what was said under an article, and what was decided on it, stays on record.
    article = models.ForeignKey(
        Article, on_delete=models.PROTECT, related_name="comments"
    )
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="answers",
        help_text="The comment this one answers.",
    )
    # The first comment of the conversation that this one hangs under; follows from `parent`.
    root = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="replies",
    )
    # Wider than the form allows: what people see as one character may be several.
    name = models.CharField(max_length=4 * LONGEST_NAME)
    email = models.EmailField(blank=True)
    body = models.TextField()
    # Whether its author wants to hear of replies by mail.
    notify = models.BooleanField(default=False)
    text_revision = models.PositiveIntegerField(default=1, editable=False)
    # The account of a member of staff who answered signed in.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    # The person among the readers who has shown that they wrote it: by the token of their
    # browser, or by the link that was mailed for it. Never by what was typed.
    commenter = models.ForeignKey(
        "comments.Commenter",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="comments",
    )
    # The mailbox at `email`, when its owner has shown that they wrote the comment, as above.
    # Without one, `email` is only what somebody typed.
    mailbox = models.ForeignKey(
        "comments.Mailbox",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="comments",
        # The index below leaves out the many without one.
        db_index=False,
    )
    status = models.CharField(
        max_length=10, choices=Status, default=Status.PENDING, editable=False
    )
    # What the newest decision of a person that nobody has undone made of it, and when;
    # also after its author has withdrawn it.
    judged_as = models.CharField(max_length=10, blank=True, editable=False)
    judged_at = models.DateTimeField(null=True, editable=False)
    # Counts the decisions and edits, so that a decision can say which state it was made on.
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    first_shown_at = models.DateTimeField(null=True, editable=False)
    # When those whom a reply answers were told of it, or need not be any more.
    announced_at = models.DateTimeField(null=True, editable=False)
    edited_at = models.DateTimeField(null=True, editable=False)
    erased_at = models.DateTimeField(null=True, editable=False)
    picked_at = models.DateTimeField(null=True, editable=False)
    # Of a root: how many of its replies are approved. Kept right in the transaction of each decision.
    approved_replies = models.PositiveIntegerField(default=0, editable=False)
    # Reports that came since a moderator last decided on the comment.
    open_reports = models.PositiveIntegerField(default=0, editable=False)
    # Worked out by the database, so that the roots of a page can be read from one index.
    has_place = models.GeneratedField(
        expression=Case(When(takes_a_place(), then=Value(True)), default=Value(False)),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    network = models.CharField(max_length=64, blank=True, editable=False)
    # Equal for two posts of the same words to the same place from the same network. The
    # database makes one row of them; see comments.posting.submit.
    repeat_key = models.CharField(  # noqa: DJ001 - unique: no key is NULL
        max_length=64, null=True, unique=True, editable=False
    )
    # Carried by the links that open it; see articles.core.link_keys.
    link_key = models.CharField(
        max_length=KEY_LENGTH,
        default=random_key,
        db_default=RandomKey(),
        editable=False,
    )
    # Whether links without the key open it, too: they were sent before there were keys.
    takes_old_links = models.BooleanField(
        default=False, db_default=True, editable=False
    )

    objects = CommentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["article", "status", "created_at", "id"],
                name="comments_of_an_article",
            ),
            models.Index(
                fields=["status", "created_at", "id"], name="comments_by_status"
            ),
            models.Index(fields=["network", "created_at"], name="comments_by_network"),
            models.Index(
                fields=["article", "created_at", "id"],
                name="roots_on_a_page",
                condition=Q(has_place=True),
            ),
            models.Index(
                fields=["root", "status", "created_at", "id"], name="replies_of_a_root"
            ),
            models.Index(
                fields=["article", "picked_at"],
                name="picked_comments",
                condition=Q(picked_at__isnull=False),
            ),
            models.Index(Lower("email"), name="comments_by_email"),
            models.Index(
                fields=["commenter", "judged_as", "judged_at"],
                name="comments_by_commenter",
                condition=Q(commenter__isnull=False),
            ),
            models.Index(
                fields=["commenter", "-created_at", "-id"],
                name="newest_of_a_commenter",
                condition=Q(commenter__isnull=False),
            ),
            models.Index(
                fields=["mailbox"],
                name="comments_by_mailbox",
                condition=Q(mailbox__isnull=False),
            ),
            models.Index(
                fields=["judged_at", "id"],
                name="judged_comments",
                condition=Q(judged_at__isnull=False),
            ),
            models.Index(
                fields=["open_reports", "created_at", "id"],
                name="reported_comments",
                condition=Q(open_reports__gt=0),
            ),
            # Nearly empty: a reply leaves it when it is announced.
            models.Index(
                fields=["first_shown_at"],
                name="replies_to_announce",
                condition=Q(
                    announced_at=None,
                    parent__isnull=False,
                    first_shown_at__isnull=False,
                ),
            ),
        ]
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
        permissions = [("moderate_comment", "Can decide on comments")]

    def __str__(self):
        return f"{self.name}: {self.body[:60]}"

    def save(self, *args, **kwargs):
        """Save the comment; a new reply finds its place from its parent alone."""
        if self._state.adding:
            if self.parent is not None:
                self.root_id = self.parent.root_id or self.parent.pk
                self.article_id = self.parent.article_id
            if self.is_approved:
                return self._save_as_shown(*args, **kwargs)
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
        """Whether replies can be shown under this root: `querysets.carries_replies`, for one comment."""
        is_buried = (
            self.first_shown_at is not None and self.status in LEAVES_A_TOMBSTONE
        )
        return self.is_approved or is_buried

    @property
    def editable_until(self):
        return self.created_at + EDIT_WINDOW

    @property
    def is_editable(self):
        """Whether its author can still change the words."""
        return (
            self.status in [self.Status.PENDING, self.Status.APPROVED]
            and timezone.now() < self.editable_until
            and not self.is_redacted
            and not self.answers.counting_as_answers().exists()
        )

    @property
    def is_redacted(self):
        """Whether a moderator took words out of it, and nobody has put them back."""
        # One that says what it always said need not be asked.
        return self.text_revision > 1 and any(
            decision.what == Decision.What.REDACT
            for decision in standing(self.decisions.all())
        )

    @property
    def can_be_appealed(self):
        """Whether its author can still ask the moderators to look again."""
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
        """Whether readers or its author have said something that no moderator has answered."""
        return self.open_reports > 0 or self.has_open_appeal

    @property
    def waits_since(self):
        """When it began to wait, the last time it did."""
        back = [
            decision.at
            for decision in self.decisions.all()
            if decision.to_status == self.Status.PENDING
        ]
        return max([self.created_at, self.edited_at or self.created_at, *back])

    def text_of(self, revision):
        """What it said in that revision of its text."""
        if revision == self.text_revision:
            return self.body
        return self.earlier_texts.get(number=revision).body

    @property
    def possible_steps(self):
        """The names of the steps that a moderator can take from here, in their fixed order."""
        if self.is_withdrawn:
            return []
        leads_to = {
            "approve": self.Status.APPROVED,
            "reject": self.Status.REJECTED,
            "mark_spam": self.Status.SPAM,
        }
        steps = [step for step, status in leads_to.items() if status != self.status]
        if self.wants_a_second_look:
            steps.insert(0, "keep")
        if self.is_approved:
            steps.append("unpick" if self.is_picked else "pick")
        # Not `first()`: a list of comments has loaded them all at once.
        last = next(iter(self.decisions.all()), None)
        return [*steps, "undo"] if last and last.can_be_undone else steps

    @property
    def wants_news(self):
        """Whether its author wants to hear of replies: `CommentQuerySet.wanting_news`, for one comment."""
        return self.notify and self.email != ""

    @property
    def has_unproven_address(self):
        """Whether an address was typed whose owner has not shown that they wrote the comment."""
        return self.email != "" and self.mailbox_id is None

    def asks_about(self, mailbox):
        """Whether the owner of this mailbox is still to say if they wrote the comment."""
        return self.has_unproven_address and self.email.lower() == mailbox.address

    # Steps. Each is one guarded transaction that records its decision. `seen` is the
    # version the moderator looked at; without it, the one this object was loaded with.

    def approve(self, *, by=None, note="", seen=None, batch=None):
        """Let readers see the comment."""
        decide(
            self,
            self.Status.APPROVED,
            from_=[self.Status.PENDING, self.Status.REJECTED, self.Status.SPAM],
            by=by,
            seen=seen,
            note=note,
            batch=batch,
        )

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

        Its author is `told` the reason and the explanation; the note is for the desk.
        """
        decide(
            self,
            self.Status.REJECTED,
            from_=[self.Status.PENDING, self.Status.APPROVED, self.Status.SPAM],
            by=by,
            seen=seen,
            reason=reason,
            explanation=explanation,
            told=told,
            note=note,
            batch=batch,
        )

    def mark_spam(self, *, by=None, note="", seen=None, batch=None):
        decide(
            self,
            self.Status.SPAM,
            from_=[self.Status.PENDING, self.Status.APPROVED, self.Status.REJECTED],
            by=by,
            seen=seen,
            note=note,
            batch=batch,
        )

    def keep(self, *, by=None, note="", seen=None, batch=None):
        """Let the comment stay what it is, and with that answer the reports and the appeal."""
        decide(
            self,
            self.Status(self.status),
            from_=[self.Status.APPROVED, self.Status.REJECTED, self.Status.SPAM],
            by=by,
            seen=seen,
            what=Decision.What.KEEP,
            note=note,
            batch=batch,
        )

    def hold_for_reports(self):
        """Let a comment that readers have reported, and no moderator has judged, wait again."""
        decide(
            self,
            self.Status.PENDING,
            from_=[self.Status.APPROVED],
            what=Decision.What.REPORTS,
        )

    def pick(self, *, by=None, note="", seen=None, batch=None):
        """Show the comment among the newsroom's picks."""
        decide(
            self,
            self.Status.APPROVED,
            from_=[self.Status.APPROVED],
            by=by,
            seen=seen,
            what=Decision.What.PICK,
            note=note,
            batch=batch,
            changes={"picked_at": timezone.now()},
        )

    def unpick(self, *, by=None, note="", seen=None, batch=None):
        decide(
            self,
            self.Status.APPROVED,
            from_=[self.Status.APPROVED],
            by=by,
            seen=seen,
            what=Decision.What.UNPICK,
            note=note,
            batch=batch,
            changes={"picked_at": None},
        )

    def withdraw(self):
        """Take the comment back, as its author."""
        decide(
            self,
            self.Status.WITHDRAWN,
            from_=[s for s in self.Status if s != self.Status.WITHDRAWN],
        )

    def edit(self, body, *, status=Status.PENDING):
        """
        Change the words, as its author; the earlier ones are kept as a TextRevision.

        `status` is what the screening makes of the new words. Raises
        TransitionError when it is too late: after EDIT_WINDOW, after somebody
        answered, or after a decision that took the comment off the page.
        """
        with transaction.atomic():
            Thread.objects.held_by(self.article)
            self.refresh_from_db()
            if not self.is_editable:
                raise TransitionError(
                    "This comment cannot be changed any more: it is too late, "
                    "somebody has answered it, or a moderator has decided on it."
                )
            words = self._with_text(body) | {"edited_at": timezone.now()}
            if status == self.status:
                words["version"] = F("version") + 1
                Comment.objects.filter(pk=self.pk).update(**words)
                self.refresh_from_db()
            else:
                decide(
                    self,
                    status,
                    from_=[self.status],
                    what=Decision.What.EDIT,
                    changes=words,
                )

    def redact(self, body, *, by, note="", seen=None):
        """
        Put a text in which words are taken out in place of the comment's, as a moderator; it stays what it is.

        The whole words are kept for moderators as a TextRevision, until the comment is
        erased, and `undo` puts them back.
        """
        with transaction.atomic():
            Thread.objects.held_by(self.article)
            expected = self.version if seen is None else seen
            self.refresh_from_db()
            # Where it has changed, `decide` refuses, and the text that was kept goes with that.
            words = self._with_text(body)
            decide(
                self,
                self.Status(self.status),
                from_=[s for s in self.Status if s != self.Status.WITHDRAWN],
                by=by,
                seen=expected,
                what=Decision.What.REDACT,
                note=note,
                changes=words,
                on=self.text_revision,
            )
            self._take_findings_along(self.text_revision - 1)

    def erase(self):
        """
        Blank everything that its author wrote, for ever; a comment that is not withdrawn yet, is.

        The row stays, for what was answered, reported and decided hangs on it.
        """
        with transaction.atomic():
            Thread.objects.held_by(self.article)
            self.refresh_from_db()
            if not self.is_withdrawn:
                self.withdraw()
            self.earlier_texts.all().delete()
            self.signals.all().delete()
            Training.objects.forget(self)
            # A report may quote what it is about.
            self.reports.update(sentence="", network="")
            Appeal.objects.filter(comment=self).update(message="")
            commenter = self.commenter_id
            Comment.objects.filter(pk=self.pk).update(
                name="",
                email="",
                body="",
                notify=False,
                network="",
                repeat_key=None,
                picked_at=None,
                by=None,
                commenter=None,
                mailbox=None,
                erased_at=timezone.now(),
                version=F("version") + 1,
            )
            Commenter.objects.left_without_a_trace().filter(pk=commenter).delete()
            self.refresh_from_db()

    def tell_no_more(self):
        """Tell its author of no further replies."""
        self.notify = False
        self.save(update_fields=["notify"])

    def claim_announcement(self):
        """Whether people are to be told of the reply now, by whoever called: one wins, once."""
        this_reply = Comment.objects.filter(pk=self.pk, announced_at=None)
        return bool(this_reply.update(announced_at=timezone.now()))

    def undo(self, *, by=None, note="", seen=None, batch=None):
        """Put the comment back to where it was before the newest decision."""
        with transaction.atomic():
            # Held first: a report that comes in this moment is counted.
            Thread.objects.held_by(self.article)
            expected = self.version if seen is None else seen
            self.refresh_from_db()
            last = self.decisions.first()
            if last is None or not last.can_be_undone:
                raise TransitionError(
                    "There is no decision of a moderator to undo on this comment."
                )
            what, changes = Decision.What.STATUS, {}
            if last.what == Decision.What.PICK:
                what, changes = Decision.What.UNPICK, {"picked_at": None}
            elif last.what == Decision.What.UNPICK:
                what, changes = Decision.What.PICK, {"picked_at": timezone.now()}
            if last.what == Decision.What.REDACT:
                what = last.what
                changes = self._with_text(self.text_of(last.text_revision))
            decide(
                self,
                self.Status(last.from_status),
                from_=[last.to_status],
                by=by,
                seen=expected,
                what=what,
                undoes=last,
                note=note,
                batch=batch,
                changes=changes | {"open_reports": reports_open_before(last)},
                on=self.text_revision,
            )
            if what == Decision.What.REDACT:
                self._take_findings_along(last.text_revision)
            # What that decision answered is open again.
            Appeal.objects.filter(comment=self, answered_at=last.at).update(
                answered_at=None
            )

    def _save_as_shown(self, *args, **kwargs):
        # One that arrives approved, as from an import, counts from the start and is no news.
        self.first_shown_at = self.first_shown_at or self.created_at
        self.announced_at = self.announced_at or self.created_at
        with transaction.atomic():
            thread = Thread.objects.held_by(self.article)
            super().save(*args, **kwargs)
            follow(self, thread, was_approved=False, counted=0)

    def _with_text(self, body):
        """The changes that put another text in place of this one, which is kept."""
        TextRevision.objects.create(
            comment=self, number=self.text_revision, body=self.body
        )
        return {
            "body": body,
            "text_revision": self.text_revision + 1,
            # It is known by other words now.
            "repeat_key": None,
        }

    def _take_findings_along(self, revision):
        """Let what the screening found in that text be found in this one, but for words that are not in it any more."""
        gone = self.text_of(revision)
        signals = list(self.signals.filter(text_revision=revision))
        for signal in signals:
            signal.pk, signal.text_revision = None, self.text_revision
            words = signal.words.split("\n")
            kept = [word for word in words if word in self.body or word not in gone]
            signal.words = "\n".join(kept)
        Signal.objects.bulk_create(signals)

    def _has_appeal(self):
        return hasattr(self, "appeal")
