from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from articles.core.moments import moment_in_words

TEN_MINUTES = 600


class RevisionQuerySet(models.QuerySet):
    def working(self):
        """What stands in the working copy, now or once; without what writers only propose."""
        return self.exclude(kind=Revision.Kind.PROPOSED)

    def proposed(self):
        return self.filter(kind=Revision.Kind.PROPOSED)

    def published(self):
        return self.filter(kind=Revision.Kind.PUBLISHED)

    def live_until(self, moment):
        """What went live then or before."""
        return self.published().filter(published_at__lte=moment)

    def live_after(self, moment):
        return self.published().filter(published_at__gt=moment)

    def live_no_later_than(self, revision):
        """The revision itself, and what went live before it."""
        return self.published().filter(
            Q(published_at__lt=revision.published_at)
            | Q(published_at=revision.published_at, pk__lte=revision.pk)
        )

    def last_live_first(self):
        return self.order_by("-published_at", "-id")

    def scheduled(self):
        return self.filter(kind=Revision.Kind.SCHEDULED)

    def take_off_schedule(self):
        """Let those that are scheduled wait in the working copy again; says how many there were."""
        return self.scheduled().update(
            kind=Revision.Kind.DRAFT, publish_at=None, tells_readers=False
        )

    def named(self):
        return self.exclude(label="")

    def older_than(self, revision):
        return self.filter(pk__lt=revision)

    def for_listing(self):
        """Load what a line of the history shows, and leave the texts in the database."""
        return self.defer("content")

    def due(self):
        """Scheduled changes whose time has come, the oldest first."""
        due = self.scheduled().filter(publish_at__lte=timezone.now())
        return due.order_by("publish_at", "id")

    def unnamed_drafts(self):
        """Those of which not every one is kept."""
        return self.filter(kind=Revision.Kind.DRAFT, label="")

    def with_open_work(self):
        """
        Those from which something began that is not decided yet: an open proposal,
        scheduled changes, or what somebody has typed and not saved.

        Without them, nobody could tell what that work changed from what others did.
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
        return self.filter(began_here)

    def prune(self, *, fewest):
        """
        Of one article's revisions, forget the drafts that nobody named, are not among
        so many of the newest, are not the last of their ten minutes, and from which no
        open work began.
        """
        drafts = self.unnamed_drafts().newest_first().values_list("id", "at")[fewest:]
        newest_of = {}
        for pk, at in drafts:
            newest_of.setdefault(int(at.timestamp() // TEN_MINUTES), pk)
        gone = {pk for pk, _ in drafts}.difference(newest_of.values())
        if gone:
            gone.difference_update(
                self.filter(pk__in=gone).with_open_work().values_list("pk", flat=True)
            )
            self.filter(pk__in=gone).delete()

    def newest_first(self):
        return self.order_by("-id")


class Revision(models.Model):
    """A whole snapshot of what an editor can change; the newest is the working copy of its article."""

    class Kind(models.TextChoices):
        DRAFT = "draft", "Draft"
        PROPOSED = "proposed", "Proposed"
        SCHEDULED = "scheduled", "Scheduled changes"
        PUBLISHED = "published", "Published"

    article = models.ForeignKey(
        "articles.Article", on_delete=models.CASCADE, related_name="revisions"
    )
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.DRAFT)
    # See articles.content.snapshots.
    content = models.JSONField()
    # What whoever saved it says of it, and the name by which it is found again.
    note = models.CharField(max_length=500, blank=True)
    label = models.CharField(max_length=100, blank=True)
    # The one that was on the screen when this one was written.
    began_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    by_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)
    # When scheduled changes are to go live, whether that puts “Updated” on the article,
    # and when these went live.
    publish_at = models.DateTimeField(null=True, blank=True)
    tells_readers = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
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
        return f"Revision {self.pk} of article {self.article_id}"

    @property
    def who(self):
        return self.by_name or "the machine"

    def call(self, name):
        """Give it the name by which it is found again and for which it is kept; an empty one takes the name away."""
        self.label = name
        self.save(update_fields=["label"])

    @property
    def in_words(self):
        """Which one it is, in the middle of a sentence."""
        if self.label:
            return f"“{self.label}”"
        return f"the version of {moment_in_words(self.at)}"

    @property
    def is_proposed(self):
        return self.kind == self.Kind.PROPOSED

    @property
    def is_scheduled(self):
        return self.kind == self.Kind.SCHEDULED

    @property
    def is_published(self):
        return self.kind == self.Kind.PUBLISHED
