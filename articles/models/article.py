from functools import wraps

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from taggit.managers import TaggableManager

from articles.content import html
from articles.content.fields import HTMLField
from articles.content.snapshots import TEXTS, differing, pictures_in, snapshot_of
from articles.core.append_only import name_of
from articles.core.moments import moment_in_words
from articles.core.slugs import free_slug, says_something, slug_from
from articles.models.address import Address
from articles.models.image import Image, ImageUse
from articles.models.people import Credit, Person
from articles.models.querysets import ArticleQuerySet
from articles.models.revision import Revision
from articles.models.step import Step, TransitionError
from articles.models.tag import TaggedArticle, TagsInOrder

SLUG_LENGTH = 120
# Articles that took each other's place, one after the other, are followed so far.
LONGEST_CHAIN = 10

# Where an article stands: all that a step can move, and only that.
STANDING = [
    "status",
    "published_at",
    "withdrawal",
    "notice",
    "replaced_by_id",
    "on_top",
]


# What a step is called in a refusal, after “cannot be”.
_IN_A_REFUSAL = {
    Step.What.SUBMIT: "submitted for review",
    Step.What.RETURN: "returned to draft",
    Step.What.PUBLISH: "published",
    Step.What.SCHEDULE: "scheduled",
    Step.What.REDATE: "given another date of publication",
    Step.What.WITHDRAW: "withdrawn",
    Step.What.PUT_ON_TOP: "put on top of the front page",
    Step.What.TAKE_OFF_TOP: "taken off the top of the front page",
    Step.What.UNDO: "put back to where it stood",
}
# Where these steps lead, in the words of `status_in_words`.
_LEADS_TO = {
    Step.What.SUBMIT: "In review",
    Step.What.RETURN: "Draft",
    Step.What.PUBLISH: "Published",
    Step.What.SCHEDULE: "Scheduled",
    Step.What.WITHDRAW: "Withdrawn",
}
# What somebody did who moved an article, after their name.
_DID = {
    Step.What.SUBMIT: "submitted it for review",
    Step.What.RETURN: "returned it to draft",
    Step.What.PUBLISH: "published it",
    Step.What.SCHEDULE: "scheduled it",
    Step.What.WITHDRAW: "withdrew it",
    Step.What.UNDO: "put it back to where it stood",
}


def language_of_the_site():
    return settings.LANGUAGE_CODE


def on_held_row(step):
    """
    Let a step, whose first argument is the article, work on its row as it is by now.

    The row is read again and held against other editors until the transaction ends. The
    caller's object says afterwards what the database says, also where the step was refused.
    Raises Article.DoesNotExist for a draft that was deleted meanwhile.
    """

    @wraps(step)
    def take(article, *args, **how):
        try:
            with transaction.atomic():
                article.hold()
                return step(article, *args, **how)
        except TransitionError:
            # What the step had changed in the object was rolled back in the database.
            article.reread()
            raise

    return take


class Article(models.Model):
    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        IN_REVIEW = "in_review", "In review"
        PUBLISHED = "published", "Published"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Withdrawal(models.TextChoices):
        """What readers find at the address of a withdrawn article."""

        NOTICE = (
            "notice",
            "The article itself under the notice; it leaves every list (200)",
        )
        GONE = "gone", "A page that says it was withdrawn, with the notice (410)"
        VANISHED = "vanished", "Nothing, as if it had never been there (404)"
        REPLACED = "replaced", "Another article, to which its address leads (301)"

    title = models.CharField(max_length=250)
    slug = models.SlugField(
        max_length=SLUG_LENGTH,
        unique=True,
        blank=True,
        validators=[says_something],
        help_text="The last part of the article’s address. Made from the title when left empty.",
    )
    standfirst = models.TextField(
        blank=True, help_text="One or two sentences under the headline and on cards."
    )
    body = HTMLField(blank=True)
    lead_image = models.ForeignKey(
        Image, null=True, blank=True, on_delete=models.PROTECT, related_name="leads"
    )
    # In place of what the library says, in this article only.
    lead_alt = models.CharField(max_length=500, blank=True)
    lead_caption = models.TextField(blank=True)
    byline = models.ManyToManyField(
        Person, through=Credit, related_name="articles", blank=True
    )
    tags = TaggableManager(through=TaggedArticle, manager=TagsInOrder, blank=True)
    language = models.CharField(
        max_length=12,
        default=language_of_the_site,
        help_text="The language the article is written in, as in “en” or “pt-br”.",
    )
    on_top = models.BooleanField(default=False, editable=False)

    status = models.CharField(
        max_length=12, choices=Status, default=Status.DRAFT, editable=False
    )
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    embargo_until = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Whatever is scheduled, nobody outside sees the article before this time.",
    )
    withdrawal = models.CharField(
        max_length=12, choices=Withdrawal, blank=True, editable=False
    )
    notice = models.TextField(blank=True, editable=False)
    replaced_by = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="replaces",
    )
    # When the desk means to have it ready. It publishes nothing.
    planned_for = models.DateField(null=True, blank=True, db_index=True)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="articles",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    modified_at = models.DateTimeField(auto_now=True)
    # When readers were last given something new; empty until that was once.
    updated_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Where an imported article came from: the format and the source's own id.
    source = models.CharField(  # noqa: DJ001 - unique: no source is NULL
        max_length=250, null=True, unique=True, editable=False
    )

    objects = ArticleQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["status", "published_at", "id"], name="articles_by_time"
            ),
            models.Index(
                fields=["-modified_at", "-id"], name="articles_by_last_change"
            ),
            models.Index(
                fields=["embargo_until"],
                name="articles_under_embargo",
                condition=Q(embargo_until__isnull=False),
            ),
            # The desk's date hierarchy and its column of dates, whatever the status.
            models.Index(fields=["published_at", "id"], name="articles_by_date"),
        ]
        constraints = [
            models.CheckConstraint(
                name="published_articles_have_a_date",
                condition=~Q(status="published") | Q(published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="articles_have_a_known_status",
                condition=Q(
                    status__in=["draft", "in_review", "published", "withdrawn"]
                ),
            ),
            models.CheckConstraint(
                name="articles_have_an_address", condition=~Q(slug="")
            ),
            models.UniqueConstraint(
                name="one_article_is_on_top",
                fields=["on_top"],
                condition=Q(on_top=True),
            ),
        ]
        permissions = [
            ("publish_article", "Can publish, schedule, return and withdraw articles")
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("articles:article", args=[self.slug])

    def save(self, *args, **kwargs):
        """Save the article; one without an address gets a free one made from its title."""
        if self.slug:
            return super().save(*args, **kwargs)
        while True:
            self.slug = self._slug_from_title()
            try:
                with transaction.atomic():
                    return super().save(*args, **kwargs)
            except IntegrityError:
                # Either somebody took the same address a moment ago, or the
                # database objects to something that another address cannot mend.
                if not _slug_taken(self.slug):
                    self.slug = ""
                    raise

    @property
    def is_visible(self):
        now = timezone.now()
        return (
            self.status == self.Status.PUBLISHED
            and self.published_at <= now
            and (self.embargo_until is None or self.embargo_until <= now)
        )

    @property
    def was_public(self):
        """Whether readers can see the article, or could at any time."""
        return self.is_visible or self.addresses.used().exists()

    @property
    def is_scheduled(self):
        return self.status == self.Status.PUBLISHED and not self.is_visible

    @property
    def is_draft(self):
        return self.status == self.Status.DRAFT

    @property
    def is_withdrawn(self):
        return self.status == self.Status.WITHDRAWN

    @property
    def is_under_notice(self):
        """Whether it was withdrawn so that it stays at its address, with a notice."""
        return self.is_withdrawn and self.withdrawal == self.Withdrawal.NOTICE

    @property
    def lead(self):
        """The picture at its head, where there is one that may be shown."""
        image = self.lead_image
        return image if image is not None and image.is_on_site else None

    @property
    def stands_in(self):
        """The visible article to which the address of a replaced one leads, through others that were replaced; None when there is none."""
        seen, other = {self.pk}, self.replaced_by
        while other is not None and other.pk not in seen and len(seen) < LONGEST_CHAIN:
            if other.is_visible:
                return other
            seen.add(other.pk)
            other = other.replaced_by
        return None

    @property
    def status_in_words(self):
        """The status as the desk says it: a published article whose time is to come is scheduled."""
        return "Scheduled" if self.is_scheduled else self.get_status_display()

    @property
    def standing_in_words(self):
        """Where it stands, to follow “is”: “a draft”, “in review”, “published” …"""
        return "a draft" if self.is_draft else self.status_in_words.lower()

    @property
    def is_under_embargo(self):
        return self.embargo_until is not None and self.embargo_until > timezone.now()

    @property
    def updated(self):
        """When readers were given something new after it appeared; None when never."""
        if self.updated_at is None or self.published_at is None:
            return None
        return self.updated_at if self.updated_at > self.published_at else None

    @property
    def public_from(self):
        """When a published article becomes visible, or became so."""
        return self.published_at and max(
            filter(None, [self.published_at, self.embargo_until])
        )

    def editable_by(self, user):
        return user.has_perm("articles.change_article") and (
            user.has_perm("articles.publish_article")
            or (self.created_by_id == user.pk and self.is_draft)
        )

    def shows_proposals_to(self, user):
        """Whether the user may read what was proposed, and what was said of it: its writer, and those who may change it."""
        return self.created_by_id == user.pk or self.editable_by(user)

    def revisions_for(self, user):
        """The revisions that the user may read."""
        revisions = self.revisions.all()
        return revisions if self.shows_proposals_to(user) else revisions.working()

    def steps_for(self, user):
        """The steps that the user may read."""
        steps = self.steps.all()
        return steps if self.shows_proposals_to(user) else steps.not_of_proposals()

    def open_to_proposals_of(self, user):
        """Whether the user, who wrote it, may say what it should say, and not change it."""
        return (
            user.has_perm("articles.change_article")
            and self.created_by_id == user.pk
            and not self.editable_by(user)
        )

    @property
    def is_deletable(self):
        """Only a draft that nobody ever took a step with: records and addresses are kept for ever."""
        return (
            self.is_draft
            and self.published_at is None
            and not self.steps.exists()
            and not self.addresses.exists()
        )

    @property
    def keeps_changes_apart(self):
        """Whether what is saved waits in the working copy, for the article is or was on the site."""
        return self.status in [self.Status.PUBLISHED, self.Status.WITHDRAWN]

    @property
    def working_copy(self):
        """The newest revision, which the form edits; None before there is one: the article itself."""
        return self.revisions.working().first()

    def working_content(self):
        """What the form edits: the newest revision of an article on the site, and of any other what it says itself."""
        copy = self.working_copy if self.keeps_changes_apart else None
        return copy.content if copy else snapshot_of(self)

    @property
    def has_unpublished_changes(self):
        """Whether the working copy says something else than readers see."""
        return self.keeps_changes_apart and bool(
            differing(self.working_content(), snapshot_of(self))
        )

    @property
    def last_return(self):
        """The step that gave the article back to its writer, when no other move came after it."""
        last = self.steps.moves().first()
        return last if last and last.what == Step.What.RETURN else None

    @property
    def people(self):
        """Who wrote it, in the order of the byline; `credits` names the others, too."""
        return [
            credit.person
            for credit in self.credits.all()
            if credit.role == Credit.Role.BY
        ]

    @property
    def contributors(self):
        """Whom the byline names beside those who wrote, each once."""
        others = (credit.person for credit in self.credits.all())
        writers = self.people
        return [person for person in dict.fromkeys(others) if person not in writers]

    @cached_property
    def sections(self):
        """The id and the text of each titled section of the body."""
        return html.sections(self.body)

    @property
    def reading_minutes(self):
        return html.reading_minutes(self.body)

    def newer(self):
        """The visible article that came next after this one: Next Post."""
        return self._neighbour(
            Q(published_at__gt=self.published_at) | Q(id__gt=self.pk),
            order=["published_at", "id"],
            published_at__gte=self.published_at,
        )

    def older(self):
        """The visible article that came last before this one: Previous Post."""
        return self._neighbour(
            Q(published_at__lt=self.published_at) | Q(id__lt=self.pk),
            order=["-published_at", "-id"],
            published_at__lte=self.published_at,
        )

    def sign(self, *people):
        """Put these people into the byline as its writers, in this order, in place of whoever was there."""
        self.credit(*((person, Credit.Role.BY) for person in people))

    def credit(self, *roles):
        """Put these people, each with a role, into the byline, in this order, in place of whoever was there."""
        with transaction.atomic():
            for person, _ in roles:
                if person.pk is None:
                    person.save()
            self.credits.all().delete()
            Credit.objects.bulk_create(
                Credit(article=self, person=person, role=role, position=position)
                for position, (person, role) in enumerate(dict.fromkeys(roles))
            )

    def hold(self):
        """
        Lock the row against other editors until the transaction ends, and read it again into this object.

        See ArticleQuerySet.locked. Raises Article.DoesNotExist when it was deleted.
        """
        self.reread(Article.objects.locked())

    def reread(self, articles=None):
        """Let this object say what the database says by now."""
        self.refresh_from_db(from_queryset=articles)
        # Worked out from the body, and remembered.
        self.__dict__.pop("sections", None)

    @on_held_row
    def put(self, content, *, by=None):
        """
        Let the article itself say what the snapshot says; what that does not mention stays.

        Raises TransitionError when the address belongs to another article by now.
        """
        changed = differing(content, snapshot_of(self))
        if "slug" in changed:
            self.rename(content["slug"], by=by)
        texts = {
            name: content[name] for name in TEXTS if name in changed and name != "slug"
        }
        Article.objects.filter(pk=self.pk).update(**texts, modified_at=timezone.now())
        if "lead_image" in changed:
            self._lead_with(content["lead_image"])
        if "byline" in changed:
            self.credit(*Person.objects.credited(content["byline"]))
        if "tags" in changed:
            self.tags.clear()
            self.tags.add(*content["tags"])
        self.note_pictures()
        self.reread()

    def note_pictures(self):
        """Keep at hand which pictures stand in it: as it is, as it is being written, and as it is scheduled to be."""
        now = Article.objects.get(pk=self.pk)
        contents = [snapshot_of(now), now.working_content()]
        contents += [one.content for one in self.revisions.scheduled()]
        keys = {key for content in contents for key in pictures_in(content)}
        there = set(Image.objects.filter(pk__in=keys).values_list("pk", flat=True))
        self.image_uses.exclude(image__in=there).delete()
        ImageUse.objects.bulk_create(
            [ImageUse(article=self, image_id=key) for key in sorted(there)],
            ignore_conflicts=True,
        )

    def keep_revision(self, *, kind=Revision.Kind.DRAFT, by=None, at=None, **fields):
        """Keep what the article itself says as a revision, or say of the newest, where that says the same, that it is of this kind."""
        content, newest = snapshot_of(self), self.working_copy
        published = {}
        if kind == Revision.Kind.PUBLISHED:
            published = {"published_at": self.published_at, "publish_at": None}
        if newest is not None and newest.content == content:
            if newest.kind != kind and not newest.is_published:
                Revision.objects.filter(pk=newest.pk).update(kind=kind, **published)
            return self.working_copy
        return self.revisions.create(
            kind=kind,
            content=content,
            by=by,
            by_name=name_of(by),
            at=at or timezone.now(),
            **published,
            **fields,
        )

    # Steps. Each works on the held row, as one guarded update in one transaction with its
    # record; `by` is the account that takes it, None the machine.

    @on_held_row
    def submit(self, *, by=None):
        """Hand the draft to the desk."""
        self._move(
            Step.What.SUBMIT,
            by=by,
            from_=[self.Status.DRAFT],
            status=self.Status.IN_REVIEW,
        )

    @on_held_row
    def return_to_draft(self, *, note="", by=None):
        """Give the article back to its writer, with a note; a scheduled one is taken off the schedule."""
        self._move(
            Step.What.RETURN,
            by=by,
            reason=note,
            from_=[self.Status.IN_REVIEW, self.Status.WITHDRAWN],
            or_scheduled=True,
            status=self.Status.DRAFT,
            published_at=None,
            on_top=False,
        )

    @on_held_row
    def publish(self, *, at=None, by=None):
        """Put the article on the site now, or at a later time, but never before its embargo ends."""
        now = timezone.now()
        at = max(filter(None, [at or now, self.embargo_until]))
        self._move(
            Step.What.SCHEDULE if at > now else Step.What.PUBLISH,
            by=by,
            from_=[self.Status.DRAFT, self.Status.IN_REVIEW, self.Status.WITHDRAWN],
            status=self.Status.PUBLISHED,
            published_at=at,
            withdrawal="",
            notice="",
            replaced_by=None,
        )

    def tell_of_update(self, *, at=None):
        """Let readers see that it says something new since."""
        at = at or timezone.now()
        Article.objects.filter(pk=self.pk).update(updated_at=at, modified_at=at)
        self.refresh_from_db(fields=["updated_at", "modified_at"])

    @on_held_row
    def lift_embargo(self, *, reason, until=None, by=None):
        """
        End the embargo, or let it end at an earlier time. The date of publication stays.

        Raises TransitionError when there is none in force that this would end earlier.
        """
        now, ended = timezone.now(), self.embargo_until
        if ended is None or ended <= max(now, until or now):
            raise TransitionError(
                f"“{self}” has no embargo that this would end earlier."
            )
        Article.objects.filter(pk=self.pk).update(embargo_until=until, modified_at=now)
        self.refresh_from_db(fields=["embargo_until", "modified_at"])
        self._keep_address()
        self._record(
            Step.What.LIFT_EMBARGO,
            by=by,
            reason=f"{reason} (it was to end on {moment_in_words(ended)})",
        )

    @on_held_row
    def redate(self, at, *, by=None):
        """
        Put a publication date right, or move a scheduled article to another time.

        An article that readers can see stays where they can see it: a time to
        come is refused. To take it off the site, withdraw it.
        """
        now = timezone.now()
        if at is None:
            raise TransitionError(
                "Give the date and time that the article should have."
            )
        if at > now and self.is_visible:
            raise TransitionError(
                f"Readers can see “{self}”, so its date cannot lie in the future. "
                "Withdraw the article to take it off the site."
            )
        at = max(filter(None, [at, self.embargo_until]))
        before = self.published_at
        self._move(
            Step.What.REDATE,
            by=by,
            reason=f"from {moment_in_words(before)} to {moment_in_words(at)}"
            if before
            else "",
            from_=[self.Status.PUBLISHED],
            status=self.Status.PUBLISHED,
            published_at=at,
        )

    @on_held_row
    def withdraw(
        self, *, reason="", notice="", kind=Withdrawal.GONE, replaced_by=None, by=None
    ):
        """
        Take the article off the site. The reason stays inside; readers get the notice, or another article.

        Secret links to it end as well: what is withdrawn is not for others to read.
        """
        if kind == self.Withdrawal.REPLACED:
            self._require_other(replaced_by)
        self._move(
            Step.What.WITHDRAW,
            by=by,
            reason=reason,
            from_=[self.Status.PUBLISHED],
            status=self.Status.WITHDRAWN,
            withdrawal=self.Withdrawal(kind),
            notice=notice,
            replaced_by=replaced_by if kind == self.Withdrawal.REPLACED else None,
            on_top=False,
        )
        self.preview_links.open().update(revoked_at=timezone.now())

    @on_held_row
    def put_on_top(self, *, by=None):
        """
        Keep this article first on the front page, in place of any other.

        Raises TransitionError for the later of two editors who do it in the same moment.
        """
        for other in Article.objects.on_top().exclude(pk=self.pk):
            other.take_off_top(by=by)
        self._move(
            Step.What.PUT_ON_TOP,
            by=by,
            from_=[self.Status.PUBLISHED],
            status=self.Status.PUBLISHED,
            on_top=True,
        )

    @on_held_row
    def take_off_top(self, *, by=None):
        self._move(
            Step.What.TAKE_OFF_TOP,
            by=by,
            from_=[self.Status.PUBLISHED],
            status=self.Status.PUBLISHED,
            on_top=False,
        )

    @on_held_row
    def put_back(self, before, *, still, reason="", by=None):
        """
        Let the article stand again where it stood before a step, both said by names out of STANDING.

        Raises TransitionError when it does not stand any more where the step had left
        it, when readers see it and would only see it again later, and when it would
        appear with words that nobody has published, and when another one is on top by now.
        """
        returns = before.get("status") == self.Status.PUBLISHED
        if returns and self._was_rewritten():
            raise TransitionError(
                f"“{self}” was changed since, so nobody has looked at it as it is. "
                "Publish or schedule it by itself."
            )
        shown_later = before.get("published_at")
        if (
            before.get("status", self.status) == self.Status.PUBLISHED
            and shown_later
            and shown_later > timezone.now()
            and self.is_visible
        ):
            raise TransitionError(
                f"Readers can see “{self}” by now. Withdraw it to take it off the site."
            )
        if before.get("on_top") and (other := self.other_on_top()):
            raise TransitionError(
                f"“{other}” is on top of the front page by now, so “{self}” is not put back there."
            )
        self._move(
            Step.What.UNDO,
            by=by,
            reason=reason,
            from_=self.Status.values,
            still=still,
            **before,
        )

    def other_on_top(self):
        """The article that is on top of the front page, when it is another one; None otherwise."""
        return Article.objects.on_top().exclude(pk=self.pk).first()

    @on_held_row
    def rename(self, slug, *, by=None):
        """
        Give the article another address. One that readers may know leads here for ever.

        Raises TransitionError when another article has or had that address.
        """
        before = self.slug
        if slug != before:
            self._take_slug(slug)
            self.refresh_from_db(fields=["slug", "modified_at"])
            self._record(Step.What.RENAME, by=by, reason=f"was {before}")

    def slug_free(self, slug):
        """Whether this article may have the slug: nobody else has it, nobody else ever had it in public."""
        return not _slug_taken(slug, but_for=self.pk)

    def _neighbour(self, beyond, *, order, **bound):
        if self.published_at is None:
            return None
        # The bound stands before visible()'s own: of two, SQLite walks from the first.
        neighbours = Article.objects.filter(beyond, **bound).visible()
        return neighbours.only("title", "slug").order_by(*order).first()

    def _slug_from_title(self):
        return free_slug(
            slug_from(self.title, fallback="article", max_length=80),
            taken=_slug_taken,
            max_length=SLUG_LENGTH,
        )

    def _was_rewritten(self):
        """Whether it says itself something else than when it was last published or scheduled."""
        if self.keeps_changes_apart:
            return False
        last = self.revisions.published().newest_first().first()
        if last is None:
            return self.revisions.exists()
        return bool(differing(last.content, snapshot_of(self)))

    def _is_visible_now(self):
        return Article.objects.visible().filter(pk=self.pk).exists()

    def _move(
        self, what, *, by, from_, reason="", or_scheduled=False, still=None, **changes
    ):
        """
        Take a step on the held row in one guarded UPDATE: nothing that is not said here is
        written back, and its record and whatever follows from it belong to it.
        """
        allowed = Q(status__in=from_)
        if or_scheduled:
            allowed |= Q(pk__in=Article.objects.scheduled().values("pk"))
        this_article = Article.objects.filter(allowed, pk=self.pk, **(still or {}))
        copy = self.working_copy if self.keeps_changes_apart else None
        try:
            with transaction.atomic():
                won = this_article.update(modified_at=timezone.now(), **changes)
        except IntegrityError as error:
            if not changes.get("on_top"):
                raise
            raise TransitionError(
                f"Somebody put another article on top of the front page in the same moment, so “{self}” is not there. "
                "Look at the front page before you try again."
            ) from error
        if not won:
            raise TransitionError(self._refusal(what, still=still))
        self.refresh_from_db(fields=["modified_at", *changes])
        self._keep_address()
        self._record(what, by=by, reason=reason)
        if self.status != self.Status.PUBLISHED:
            # There is no page any more that they could change.
            self.revisions.take_off_schedule()
        if what in [Step.What.PUBLISH, Step.What.SCHEDULE]:
            self.keep_revision(kind=Revision.Kind.PUBLISHED, by=by)
        if copy and not self.keeps_changes_apart:
            self._take_in(copy, by=by)

    def _take_in(self, copy, *, by):
        """Let an article that is not on the site any more say itself what its working copy says: of such a one, the form shows what it says itself."""
        content = copy.content
        if not self.slug_free(content.get("slug", self.slug)):
            content = {name: content[name] for name in content if name != "slug"}
        self.put(content, by=by)

    def _require_other(self, other):
        if other is None or other.pk == self.pk or not other._is_visible_now():
            raise TransitionError(
                f"“{self}” can only be replaced by another article that readers can see."
            )

    def _lead_with(self, lead):
        """Put the picture of a snapshot at its head; one that is gone by now leaves none there."""
        lead = lead or {}
        image = Image.objects.filter(pk=lead.get("image")).first()
        Article.objects.filter(pk=self.pk).update(
            lead_image=image,
            lead_alt=lead.get("alt", "") if image else "",
            lead_caption=lead.get("caption", "") if image else "",
        )

    def _refusal(self, what, *, still=None):
        """Why the step is not possible from where the article stands, and who brought it there."""
        last = self.steps.moves().first()
        since = ""
        if last:
            who = last.by_name or "The machine"
            since = f" {who} {_DID[last.what]} on {moment_in_words(last.at)}."
        if still:
            return f"“{self}” was moved since and is {self.standing_in_words} now, so it stays where it is.{since}"
        if _LEADS_TO.get(what) == self.status_in_words:
            return f"“{self}” is {self.standing_in_words} already.{since}"
        return f"“{self}” is {self.standing_in_words}, so it cannot be {_IN_A_REFUSAL[what]}.{since}"

    def _record(self, what, *, by, reason=""):
        Step.objects.create(
            article=self, what=what, by=by, by_name=name_of(by), reason=reason
        )

    def _keep_address(self):
        """Hold the slug for this article for as long as readers know it or are about to."""
        was_seen = (
            self.is_withdrawn
            and self.public_from is not None
            and self.public_from <= timezone.now()
        )
        if self.status == self.Status.PUBLISHED or was_seen:
            address, _ = Address.objects.get_or_create(
                slug=self.slug,
                defaults={"article": self, "since": self.public_from},
            )
            if address.article_id != self.pk:
                raise TransitionError(
                    f"The address “{self.slug}” belongs to another article. Give “{self}” another one."
                )
            self.addresses.unused().update(since=self.public_from)
            self.addresses.filter(pk=address.pk, since__gt=self.public_from).update(
                since=self.public_from
            )
        else:
            self.addresses.unused().delete()

    def _take_slug(self, slug):
        try:
            validate_slug(slug)
            self._meta.get_field("slug").run_validators(slug)
        except ValidationError as error:
            raise TransitionError(
                f"“{slug}” cannot be an address: {' '.join(error.messages)}"
            ) from error
        if not self.slug_free(slug):
            raise TransitionError(
                f"The address “{slug}” belongs to another article. Choose another one."
            )
        self._keep_address()
        self.addresses.unused().delete()
        Article.objects.filter(pk=self.pk).update(slug=slug, modified_at=timezone.now())
        renamed = Article.objects.get(pk=self.pk)
        renamed._keep_address()


def _slug_taken(slug, *, but_for=None):
    return (
        Article.objects.filter(slug=slug).exclude(pk=but_for).exists()
        or Address.objects.filter(slug=slug).exclude(article=but_for).exists()
    )
