from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

# A person whose comments moderators approved so often since they last rejected one,
APPROVALS_FOR_TRUST = 2
# and of whom they rejected none in this time, is trusted.
CLEAN_FOR = timedelta(days=90)


class CommenterQuerySet(models.QuerySet):
    def of(self, mailbox):
        """The person who has confirmed this mailbox, made when first needed."""
        return self.get_or_create(mailbox=mailbox)[0]

    def with_address(self, address):
        """Who has confirmed this address; nobody for one that is only typed."""
        return self.filter(
            mailbox__address=address.lower(), mailbox__confirmed_at__isnull=False
        )

    def who_wrote(self, comment_id):
        return self.filter(comments=comment_id)

    def knowing_their_record(self):
        """
        Each with `rejected_at`, when a moderator last rejected a comment of theirs, and
        `approved_at`, when the approval was that makes them trusted; None without one.
        """
        comments = self.model._meta.get_field("comments").related_model.objects
        theirs = comments.filter(commenter=OuterRef("pk")).order_by("-judged_at")
        rejected = theirs.judged_against().values("judged_at")
        approved = theirs.filter(judged_as="approved").values("judged_at")
        nth = APPROVALS_FOR_TRUST - 1
        return self.annotate(
            rejected_at=Subquery(rejected[:1]),
            approved_at=Subquery(approved[nth : nth + 1]),
        )


class Commenter(models.Model):
    """
    A person among the readers, as far as we know one: by a confirmed address, or by a browser.

    Nobody becomes one by a name or by an address that is only typed.
    """

    # Empty: known by the browser alone; see comments.tokens.
    mailbox = models.OneToOneField(
        "comments.Mailbox",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="commenter",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CommenterQuerySet.as_manager()

    def __str__(self):
        return f"Commenter {self.pk}"


class Note(models.Model):
    """What a moderator writes about a person for the other moderators."""

    commenter = models.ForeignKey(
        Commenter, on_delete=models.CASCADE, related_name="notes"
    )
    text = models.TextField()
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

    def __str__(self):
        return f"Note of {self.by_name} about commenter {self.commenter_id}"


class MuteQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(lifted_at=None, until__gt=timezone.now())


class Mute(models.Model):
    """Whatever a person or a network writes waits until then, with the reason for the moderators."""

    commenter = models.ForeignKey(
        Commenter, null=True, on_delete=models.CASCADE, related_name="mutes"
    )
    # The hash of a network, as a comment of the day has it; see comments.networks.
    network = models.CharField(max_length=64, blank=True, db_index=True)
    # Under the key of which day it was made.
    network_day = models.DateField(null=True)
    until = models.DateTimeField(db_index=True)
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True)
    lifted_by_name = models.CharField(max_length=200, blank=True)

    objects = MuteQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        default_permissions = []
        constraints = [
            models.CheckConstraint(
                name="a_mute_is_of_a_person_or_a_network",
                condition=Q(commenter__isnull=False, network="", network_day=None)
                | (Q(commenter=None, network_day__isnull=False) & ~Q(network="")),
            )
        ]

    def __str__(self):
        return f"Muted by {self.by_name} until {self.until}"
