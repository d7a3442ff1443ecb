from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.core.link_keys import LinkedRow

# An address that its owner has not confirmed is deleted after this time.
KEPT_UNCONFIRMED = timedelta(days=30)


class MailboxQuerySet(models.QuerySet):
    def of(self, address):
        """The mailbox at this address, made when first needed."""
        return self.get_or_create(address=address.lower())[0]

    def at(self, address):
        """The mailbox at this address, if we know it."""
        return self.filter(address=address.lower())

    def confirmed(self):
        """Those whose owner has said that we may write there."""
        return self.filter(confirmed_at__isnull=False)

    def reachable(self):
        """Confirmed, and not stopped since."""
        return self.confirmed().filter(stopped_at=None)

    def proven_for(self, comment):
        """The mailbox at the comment's address, if its owner is the proved author; else None."""
        return (
            self.confirmed()
            .at(comment.email)
            .filter(commenter__isnull=False, commenter=comment.commenter_id)
            .first()
        )

    def to_forget(self):
        """Those not confirmed within KEPT_UNCONFIRMED."""
        return self.filter(
            confirmed_at=None, created_at__lt=timezone.now() - KEPT_UNCONFIRMED
        )


class Mailbox(LinkedRow):
    """An email address that somebody typed, and what its owner has said since."""

    # In lower case; Comment.email keeps what was typed. Lower case may need more characters.
    address = models.EmailField(_("email address"), max_length=2 * 254, unique=True)
    created_at = models.DateTimeField(
        _("first seen"), default=timezone.now, db_index=True
    )
    # When the mail that asks for confirmation was written. Until the mailbox is confirmed
    # there is no second one.
    asked_at = models.DateTimeField(_("asked to confirm"), null=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    # When the owner stopped all mail; a new confirmation clears it.
    stopped_at = models.DateTimeField(_("stopped"), null=True)

    objects = MailboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")

    def __str__(self):
        return self.address

    @property
    def is_confirmed(self):
        return self.confirmed_at is not None

    @property
    def is_stopped(self):
        return self.stopped_at is not None

    def ask(self):
        """Claim the one mail that asks for confirmation; true for exactly one caller, once."""
        this_mailbox = Mailbox.objects.filter(
            pk=self.pk, asked_at=None, confirmed_at=None, stopped_at=None
        )
        return bool(this_mailbox.update(asked_at=timezone.now()))

    def confirm(self):
        """Allow mail to the mailbox from now on, even after a stop."""
        self._change(confirmed_at=self.confirmed_at or timezone.now(), stopped_at=None)

    def stop(self):
        """Send no more mail of any kind to the mailbox."""
        self._change(stopped_at=self.stopped_at or timezone.now())

    def resume(self):
        """Allow mail again after `stop`."""
        self._change(stopped_at=None)

    def _change(self, **changes):
        # Not `save`, which fails if the mailbox was just deleted.
        Mailbox.objects.filter(pk=self.pk).update(**changes)
        for name, value in changes.items():
            setattr(self, name, value)
