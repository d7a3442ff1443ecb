from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from articles.core.moments import moment_in_words

# In seconds.
TEN_MINUTES = 600


class RevisionQuerySet(models.QuerySet):
    def working(self):
        """Those that are or were the working copy: all but proposals and unsaved text."""
        return self.exclude(kind__in=[Revision.Kind.PROPOSED, Revision.Kind.KEPT])

    def proposed(self):
        return self.filter(kind=Revision.Kind.PROPOSED)

    def published(self):
        return self.filter(kind=Revision.Kind.PUBLISHED)

    def live_until(self, moment):
        """Those that went live at this moment or before."""
        return self.published().filter(published_at__lte=moment)

    def live_after(self, moment):
        return self.published().filter(published_at__gt=moment)

    def live_no_later_than(self, revision):
        """The published revision itself, and those that went live before it."""
        return self.published().filter(
            Q(published_at__lt=revision.published_at)
            | Q(published_at=revision.published_at, pk__lte=revision.pk)
        )

    def last_live_first(self):
        return self.order_by("-published_at", "-id")

    def scheduled(self):
        return self.filter(kind=Revision.Kind.SCHEDULED)

    def take_off_schedule(self):
        """Turn scheduled changes back into drafts of the working copy; return their number."""
        return self.scheduled().update(
            kind=Revision.Kind.DRAFT, publish_at=None, tells_readers=False
        )

    def named(self):
        return self.exclude(label="")

    def older_than(self, revision):
        return self.filter(pk__lt=revision)

    def for_listing(self):
        """Load what a line of the history shows, without the content."""
        return self.defer("content")

    def due(self):
        """Scheduled changes whose time has come, oldest first."""
        due = self.scheduled().filter(publish_at__lte=timezone.now())
        return due.order_by("publish_at", "id")

    def unnamed_drafts(self):
        """Those that may be pruned."""
        return self.filter(kind=Revision.Kind.DRAFT, label="")

    def with_open_work(self):
        """
        Those on which unfinished work is based.

        Such work is an open proposal, scheduled changes, an autosaved text or a translation.
        Without its base, the changes of this work cannot be told from those of others.
        """
        fields = self.model._meta.get_field
        scheduled = self.model.objects.scheduled()
        proposed = self.model.objects.filter(
            pk__in=fields("proposal").related_model.objects.open().values("revision")
        )
        unsaved = fields("article").related_model._meta.get_field("unsaved")
        began_here = models.Q()
        for work in [scheduled, proposed, unsaved.related_model.objects.all()]:
            found = work.filter(began_from=models.OuterRef("pk")).order_by()
            began_here |= models.Q(models.Exists(found))
        translated = fields("article").related_model.objects.filter(
            translated_from=models.OuterRef("pk")
        )
        return self.filter(began_here | Q(models.Exists(translated)))

    def prune(self, *, fewest):
        """
        Delete superfluous drafts among the revisions of one article.

        Kept are named drafts, the `fewest` newest, the last draft of every ten minutes, and
        those that open work is based on.
        """
        drafts = self.unnamed_drafts().newest_first().values_list("id", "at")[fewest:]
        newest_of = {}
        for pk, at in drafts:
            newest_of.setdefault(int(at.timestamp() // TEN_MINUTES), pk)
        gone = {pk for pk, _at in drafts}.difference(newest_of.values())
        if gone:
            gone.difference_update(
                self.filter(pk__in=gone).with_open_work().values_list("pk", flat=True)
            )
            self.filter(pk__in=gone).delete()

    def newest_first(self):
        return self.order_by("-id")


class Revision(models.Model):
    """A stored snapshot of an article. The newest one of `working()` is the working copy."""

    class Kind(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PROPOSED = "proposed", _("Proposed")
        SCHEDULED = "scheduled", _("Scheduled changes")
        PUBLISHED = "published", pgettext_lazy("revision", "Published")
        # What somebody typed and did not save, kept when they went on from an older copy.
        KEPT = "kept", _("Unsaved text")

    article = models.ForeignKey(
        "articles.Article",
        on_delete=models.CASCADE,
        related_name="revisions",
        verbose_name=_("article"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.DRAFT)
    # See articles.content.snapshots.
    content = models.JSONField(
        _("content"),
    )
    # A remark by the person who saved it, and a name under which it is kept.
    note = models.CharField(_("note"), max_length=500, blank=True)
    label = models.CharField(_("name"), max_length=100, blank=True)
    # The revision that was on the screen when this one was written: the base for merging.
    began_from = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("based on"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("account"),
    )
    by_name = models.CharField(_("by"), max_length=200, blank=True)
    at = models.DateTimeField(_("time"), default=timezone.now)
    # When scheduled changes go live, whether the article is then marked “Updated”, and when
    # the revision went live.
    publish_at = models.DateTimeField(_("scheduled for"), null=True, blank=True)
    tells_readers = models.BooleanField(_("marked as updated"), default=False)
    published_at = models.DateTimeField(
        pgettext_lazy("time", "published"), null=True, blank=True
    )

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["-id"]
        default_permissions = []
        indexes = [
            models.Index(fields=["article", "-id"], name="revisions_of_an_article"),
            models.Index(
                fields=["publish_at"],
                name="changes_to_publish",
                condition=Q(kind="scheduled"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="scheduled_changes_have_a_time",
                condition=~Q(kind="scheduled") | Q(publish_at__isnull=False),
            )
        ]

    def __str__(self):
        return _("Revision %(number)s of article %(article)s") % {
            "number": self.pk,
            "article": self.article_id,
        }

    @property
    def who(self):
        return self.by_name or _("System")

    def call(self, name):
        """Name the revision; an empty name removes it. Named revisions are never pruned."""
        self.label = name
        self.save(update_fields=["label"])

    @property
    def in_words(self):
        """How it is called in the middle of a sentence."""
        if self.label:
            return f"“{self.label}”"
        return _("the version of %(time)s") % {"time": moment_in_words(self.at)}

    @property
    def is_proposed(self):
        return self.kind == self.Kind.PROPOSED

    @property
    def is_kept(self):
        return self.kind == self.Kind.KEPT

    @property
    def is_scheduled(self):
        return self.kind == self.Kind.SCHEDULED

    @property
    def is_published(self):
        return self.kind == self.Kind.PUBLISHED
