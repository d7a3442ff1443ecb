from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.core.append_only import name_of
from articles.core.moments import moment_in_words
from articles.models import TransitionError
from comments.models.network import DAYS_KEPT, first_day_kept
from comments.models.sender_locks import lock_sender

# A person is trusted only if no comment of theirs was rejected within this time.
CLEAN_FOR = timedelta(days=90)


class CommenterQuerySet(models.QuerySet):
    def of(self, mailbox):
        """The person who has confirmed this mailbox, made when first needed."""
        return self.get_or_create(mailbox=mailbox)[0]

    def with_address(self, address):
        """
        The person who has confirmed this address.

        Anybody can type it, so they need not have written the comments that carry it.
        """
        return self.filter(
            mailbox__address=address.lower(), mailbox__confirmed_at__isnull=False
        )

    def author_of_comment(self, comment_id):
        """The proved author of the comment with this id; empty for None."""
        # `filter(comments=None)` would find the people without comments.
        return self.none() if comment_id is None else self.filter(comments=comment_id)

    def begun_by(self, comment_id):
        """
        The author of the comment with this id, created if there is none yet.

        None if there is no such comment, or if it is a staff reply or erased.
        """
        comments = self.model._meta.get_field("comments").related_model.objects
        comment = comments.filter(pk=comment_id, by=None, erased_at=None).first()
        if comment is None or comment.commenter_id:
            return comment and comment.commenter
        commenter = self.create()
        unchanged = comments.filter(pk=comment.pk, commenter=None, erased_at=None)
        if unchanged.update(commenter=commenter):
            return commenter
        commenter.delete()
        return self.author_of_comment(comment_id).first()

    def with_record(self):
        """
        Annotate `rejected_at`, the last rejection of a comment of theirs, and `approved_at`,
        the time of the approval that makes them trusted; None if there is none.
        """
        comments = self.model._meta.get_field("comments").related_model.objects
        theirs = comments.filter(commenter=OuterRef("pk")).order_by("-judged_at")
        rejected = theirs.judged_against().values("judged_at")
        approved = theirs.filter(judged_as="approved").values("judged_at")
        nth = max(settings.TRUST_AFTER_APPROVALS, 1) - 1
        return self.annotate(
            rejected_at=Subquery(rejected[:1]),
            approved_at=Subquery(approved[nth : nth + 1]),
        )

    def with_trust(self):
        """
        Annotate `is_trusted`: enough approvals since the last rejection, and no rejection
        within CLEAN_FOR. Nobody is trusted where TRUST_AFTER_APPROVALS is 0.
        """
        never_rejected = Q(rejected_at=None)
        long_ago = Q(
            rejected_at__lt=timezone.now() - CLEAN_FOR, approved_at__gt=F("rejected_at")
        )
        trusted = Q(approved_at__isnull=False) & (never_rejected | long_ago)
        is_trusted = bool(settings.TRUST_AFTER_APPROVALS) and Case(
            When(trusted, then=Value(True)), default=Value(False)
        )
        return self.with_record().annotate(is_trusted=is_trusted or Value(False))

    def unrecognisable(self):
        """Those without mailbox and without comments: they can never be recognised again."""
        return self.filter(mailbox=None, comments=None)

    def with_mute(self):
        """Annotate `muted_until`; None where no mute is in force."""
        mutes = self.model._meta.get_field("mutes").related_model.objects.in_force()
        longest = mutes.filter(commenter=OuterRef("pk")).order_by("-until")
        return self.annotate(muted_until=Subquery(longest.values("until")[:1]))

    def with_latest_name(self):
        """Annotate `name`, as in their newest comment; None for people without comments."""
        comments = self.model._meta.get_field("comments").related_model.objects
        newest = comments.filter(commenter=OuterRef("pk")).newest_first()
        return self.annotate(name=Subquery(newest.values("name")[:1]))


class Commenter(models.Model):
    """
    A reader whom we can recognise: by a confirmed mailbox, or by a browser alone.

    They prove who they are with the token in their browser, or with a mailed link. A typed
    name or address proves nothing.
    """

    # None: known by the browser alone; see comments.security.tokens.
    mailbox = models.OneToOneField(
        "comments.Mailbox",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="commenter",
        verbose_name=_("mailbox"),
    )
    created_at = models.DateTimeField(
        _("first seen"), default=timezone.now, editable=False
    )

    objects = CommenterQuerySet.as_manager()

    class Meta:
        verbose_name = _("commenter")
        verbose_name_plural = _("commenters")

    def __str__(self):
        return _("Commenter %(number)s") % {"number": self.pk}

    @property
    def known_by(self):
        """How we know them, in words that follow “Known by” or a colon."""
        # Translators: by what a commenter is known; follows “Known by” or a colon.
        if self.mailbox_id is None:
            return _("their browser")
        # Translators: by what a commenter is known; follows “Known by” or a colon.
        return _("a confirmed email address")

    # Steps

    def mute(self, *, until, reason, by):
        """Let everything they write wait until then; this replaces any mute in force."""
        with transaction.atomic():
            # Locked, so that of two moderators at once the second replaces the first's mute.
            Commenter.objects.select_for_update(no_key=True).get(pk=self.pk)
            self.mutes.in_force().lift_all(by)
            return self.mutes.create(
                until=until, reason=reason, by=by, by_name=name_of(by)
            )


class Note(models.Model):
    """What a moderator writes about a person for the other moderators."""

    commenter = models.ForeignKey(
        Commenter,
        on_delete=models.CASCADE,
        related_name="notes",
        verbose_name=_("commenter"),
    )
    text = models.TextField(_("note"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-id"]
        default_permissions = []
        verbose_name = _("note")
        verbose_name_plural = _("notes")

    def can_be_deleted_by(self, user):
        """Whether the note is theirs; superusers may delete every note."""
        return user.is_superuser or (self.by_id is not None and self.by_id == user.pk)

    def __str__(self):
        return _("Note by %(name)s about commenter %(number)s") % {
            "name": self.by_name,
            "number": self.commenter_id,
        }


class MuteQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(lifted_at=None, until__gt=timezone.now())

    def lift_all(self, by):
        """End these mutes now, as the user `by`; return their number."""
        return self.update(lifted_at=timezone.now(), lifted_by_name=name_of(by))

    def of_network(self, comment, *, until, reason, by):
        """
        Let everything from the comment's network wait until then.

        The mute ends earlier if the key of the network is deleted earlier: DAYS_KEPT after
        the day of the comment. Raises TransitionError if the network is not known any more.
        """
        day = comment.created_at.astimezone(UTC).date()
        if not comment.network or recognised_until(day) <= timezone.now():
            raise TransitionError(
                _(
                    "The network of this comment is no longer known, so it cannot be muted. Mute the person, or decide on the comment."
                )
            )
        known = {"network": comment.network, "network_day": day}
        with transaction.atomic():
            # Locked, so that of two moderators at once the second replaces the first's mute.
            lock_sender([comment.network])
            self.filter(**known).in_force().lift_all(by)
            return self.create(
                **known,
                until=min(until, recognised_until(day)),
                reason=reason,
                by=by,
                by_name=name_of(by),
            )

    def to_forget(self):
        """Mutes of networks whose keys are deleted, so that they match nothing any more."""
        return self.filter(network_day__lt=first_day_kept())


def recognised_until(day):
    """When the key of that day is deleted."""
    return datetime.combine(day + timedelta(days=DAYS_KEPT), time.min, UTC)


class Mute(models.Model):
    """Everything that a person or a network writes waits until then; moderators see the reason."""

    commenter = models.ForeignKey(
        Commenter,
        null=True,
        on_delete=models.CASCADE,
        related_name="mutes",
        verbose_name=_("commenter"),
    )
    # The hash of a network, as in the comments of that day; see comments.security.networks.
    network = models.CharField(max_length=64, blank=True, db_index=True)
    # The day whose key made the hash.
    network_day = models.DateField(null=True)
    until = models.DateTimeField(_("muted until"), db_index=True)
    reason = models.CharField(_("reason"), max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(_("ended"), null=True)
    lifted_by_name = models.CharField(max_length=200, blank=True)

    objects = MuteQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        default_permissions = []
        verbose_name = _("mute")
        verbose_name_plural = _("mutes")
        constraints = [
            models.CheckConstraint(
                name="a_mute_is_of_a_person_or_a_network",
                condition=Q(commenter__isnull=False, network="", network_day=None)
                | (Q(commenter=None, network_day__isnull=False) & ~Q(network="")),
            )
        ]

    def __str__(self):
        return _("Muted by %(name)s until %(time)s") % {
            "name": self.by_name,
            "time": moment_in_words(self.until),
        }

    @property
    def is_in_force(self):
        return self.lifted_at is None and self.until > timezone.now()

    def lift(self, *, by):
        """End the mute now. Raises TransitionError if it is over, and says who ended it."""
        if Mute.objects.in_force().filter(pk=self.pk).lift_all(by):
            self.refresh_from_db()
            return
        self.refresh_from_db()
        who = self.lifted_by_name
        raise TransitionError(
            _("%(name)s has already ended this mute.") % {"name": who}
            if who
            else _("This mute has already ended.")
        )
