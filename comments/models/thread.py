from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.core.append_only import AppendOnly, name_of
from articles.models import Article


def policy_in_words(policy):
    """The policy of a conversation; empty means the default of the site."""
    return dict(Thread.Policy.choices).get(policy) or _("Site default")


class ThreadManager(models.Manager):
    def of(self, article):
        """The article's thread, made when first needed."""
        return self.get_or_create(article=article)[0]

    def lock_for(self, article):
        """
        The article's thread, locked until the transaction ends.

        Lock it first, before anything that changes which comments are shown: then two
        decisions in one thread run one after the other.
        """
        thread = self.of(article)
        return self.select_for_update(no_key=True).get(pk=thread.pk)


class Thread(models.Model):
    """The conversation under one article: its policy, when it closes, and its counts."""

    class Policy(models.TextChoices):
        OPEN = "open", _("Open: the screening decides")
        HELD = "held", _("Held: every comment waits for a moderator")
        CLOSED = "closed", _("Closed: no new comments")

    article = models.OneToOneField(
        Article,
        on_delete=models.PROTECT,
        related_name="thread",
        verbose_name=_("article"),
    )
    # Empty: the site's settings apply.
    policy = models.CharField(
        _("new comments"), max_length=8, choices=Policy, blank=True, default=""
    )
    closes_at = models.DateTimeField(
        _("closes at"),
        null=True,
        blank=True,
        help_text=_("No new comments can be sent after this time."),
    )
    closes_after_days = models.PositiveSmallIntegerField(
        _("closes after (days)"),
        null=True,
        blank=True,
        help_text=_("Days after publication; 0 for never. Empty for the site default."),
    )
    # Updated in the transaction of each decision, so that no page counts rows.
    shown_count = models.PositiveIntegerField(
        _("shown comments"), default=0, editable=False
    )

    objects = ThreadManager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")

    def __str__(self):
        return _("Conversation on “%(article)s”") % {"article": self.article}

    def count(self, change):
        """Add `change` to the number of shown comments, in the transaction of the decision."""
        if change:
            Thread.objects.filter(pk=self.pk).update(
                shown_count=Greatest(models.F("shown_count") + change, 0)
            )

    def set_policy(self, policy, *, by=None):
        """Set the policy and record who set it; "" means the policy of the site."""
        with transaction.atomic():
            thread = Thread.objects.lock_for(self.article)
            if thread.policy != policy:
                ThreadStep.objects.create(
                    thread=thread,
                    from_policy=thread.policy,
                    to_policy=policy,
                    by=by,
                    by_name=name_of(by),
                )
                Thread.objects.filter(pk=thread.pk).update(policy=policy)
            self.policy = policy

    @property
    def rule(self):
        """The policy in force: the thread's own, or that of the site."""
        return self.Policy(self.policy or settings.COMMENT_POLICY)

    @property
    def closes_in_days(self):
        """The days from publication to closing, by the thread or the site; 0 means never."""
        if self.closes_after_days is None:
            return settings.COMMENTS_CLOSE_AFTER_DAYS
        return self.closes_after_days

    @property
    def closing_time(self):
        """The moment at which the conversation closes or closed; None for never."""
        if self.closes_at is not None:
            return self.closes_at
        if not self.closes_in_days or self.article.public_from is None:
            return None
        try:
            return self.article.public_from + timedelta(days=self.closes_in_days)
        except OverflowError:
            return None

    @property
    def is_held(self):
        return self.rule == self.Policy.HELD

    @property
    def is_closed(self):
        if self.rule == self.Policy.CLOSED:
            return True
        closing_time = self.closing_time
        return closing_time is not None and closing_time <= timezone.now()


class ThreadStep(AppendOnly):
    """A change of a thread's policy: who made it and when."""

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="steps")
    from_policy = models.CharField(max_length=8, blank=True)
    to_policy = models.CharField(max_length=8, blank=True)

    class Meta(AppendOnly.Meta):
        default_permissions = []
        verbose_name = _("conversation step")
        verbose_name_plural = _("conversation steps")

    def __str__(self):
        return f"{self.thread} – {policy_in_words(self.to_policy)}"
