from functools import partial

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy
from taggit.managers import TaggableManager

from articles.content import html
from articles.content.fields import HTMLField
from articles.core.languages import address_in, language_of_addresses
from articles.core.slugs import UnicodeSlugField, says_something
from articles.core.text.direction import direction_of
from articles.models import (
    article_addresses,
    article_steps,
    article_translations,
    article_working_copy,
)
from articles.models.article_status import Status, Withdrawal
from articles.models.image import Image
from articles.models.people import Credit, Person
from articles.models.querysets import ArticleQuerySet
from articles.models.step import Step
from articles.models.tag import TaggedArticle, TagsInOrder


def language_of_the_site():
    return settings.LANGUAGE_CODE


class Article(models.Model):
    """
    An article: its fields, the questions it answers and the steps it can take.

    The methods that are longer than a few lines are functions of article_addresses,
    article_working_copy, article_translations and article_steps, assigned here under the same name.
    """

    Status = Status
    Withdrawal = Withdrawal

    title = models.CharField(_("title"), max_length=250)
    slug = UnicodeSlugField(
        _("address"),
        max_length=article_addresses.SLUG_LENGTH,
        unique=True,
        blank=True,
        validators=[says_something],
        help_text=_("The last part of the address. Made from the title if left empty."),
    )
    standfirst = models.TextField(
        _("standfirst"),
        blank=True,
        help_text=_("One or two sentences, shown under the headline and on cards."),
    )
    body = HTMLField(_("body"), blank=True)
    lead_image = models.ForeignKey(
        Image,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="leads",
        verbose_name=_("lead image"),
    )
    # They replace the library’s own texts, in this article only.
    lead_alt = models.CharField(
        _("alt text of the lead image"), max_length=500, blank=True
    )
    lead_caption = models.TextField(_("caption of the lead image"), blank=True)
    byline = models.ManyToManyField(
        Person,
        through=Credit,
        related_name="articles",
        blank=True,
        verbose_name=_("byline"),
    )
    tags = TaggableManager(
        through=TaggedArticle,
        manager=TagsInOrder,
        blank=True,
        verbose_name=_("tags"),
    )
    language = models.CharField(
        _("language"),
        max_length=12,
        default=language_of_the_site,
        help_text=_("The language of the article, such as “en” or “pt-br”."),
    )
    # The original that this is a translation of; an original has none. The revision is that of
    # the article whose text the translator last worked from.
    translation_of = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="translations",
        verbose_name=_("translation of"),
    )
    translated_from = models.ForeignKey(
        "articles.Revision",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("translated from"),
    )
    on_top = models.BooleanField(_("on top"), default=False, editable=False)

    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.DRAFT, editable=False
    )
    published_at = models.DateTimeField(
        pgettext_lazy("time", "published"), null=True, blank=True, editable=False
    )
    embargo_until = models.DateTimeField(
        _("embargo until"),
        null=True,
        blank=True,
        help_text=_(
            "No reader sees the article before this time, whatever is scheduled."
        ),
    )
    withdrawal = models.CharField(
        _("type of withdrawal"),
        max_length=12,
        choices=Withdrawal,
        blank=True,
        editable=False,
    )
    notice = models.TextField(_("notice"), blank=True, editable=False)
    replaced_by = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="replaces",
        verbose_name=_("replaced by"),
    )
    # The day on which the desk means to have it ready. Nothing is published by this date.
    planned_for = models.DateField(
        _("planned for"), null=True, blank=True, db_index=True
    )

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="articles",
        verbose_name=_("created by"),
    )
    created_at = models.DateTimeField(
        _("created"), default=timezone.now, editable=False
    )
    modified_at = models.DateTimeField(_("changed"), auto_now=True)
    # When readers were last told of an update; empty before the first.
    updated_at = models.DateTimeField(
        _("updated"), null=True, blank=True, editable=False
    )
    # Where an imported article came from: the format and the source's own id.
    source = models.CharField(  # noqa: DJ001 - unique: no source is NULL
        pgettext_lazy("of an import", "source"),
        max_length=250,
        null=True,
        unique=True,
        editable=False,
    )

    # The form at the desk that created it, so that sending the form again creates no second one.
    form_key = models.UUIDField(_("form"), null=True, unique=True, editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        indexes = [
            # With the language, so that a list in a rare one need not look into the rows of the
            # others.
            models.Index(
                fields=["status", "published_at", "id", "language"],
                name="articles_by_time",
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
            models.UniqueConstraint(
                name="one_translation_into_each_language",
                fields=["translation_of", "language"],
                condition=Q(translation_of__isnull=False),
            ),
        ]
        permissions = [
            (
                "publish_article",
                gettext_noop("Can publish, schedule, return and withdraw articles"),
            )
        ]

    @property
    def direction(self):
        """`rtl` or `ltr`, as its language is written, whatever its first letter is."""
        return direction_of(self.language)

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return self.address_of("articles:article")

    def address_of(self, view):
        """The address of one of its public pages, with the prefix of its language."""
        return address_in(self.language, view, [self.slug])

    def save(self, *args, **kwargs):
        """Save the article. Without a slug it gets a free one made from its title."""
        save = partial(super().save, *args, **kwargs)
        if self.slug:
            return save()
        return article_addresses.save_under_free_slug(self, save)

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
        """Whether it was withdrawn but stays at its address, under a notice."""
        return self.is_withdrawn and self.withdrawal == self.Withdrawal.NOTICE

    @property
    def lead(self):
        """The lead image; None without one, and when the image may not be shown."""
        image = self.lead_image
        return image if image is not None and image.is_on_site else None

    @property
    def status_in_words(self):
        """The status as the desk reads it; “Scheduled” is not a status in the database."""
        return _("Scheduled") if self.is_scheduled else self.get_status_display()

    @property
    def standing(self):
        """The same as a key in no language: draft, in_review, scheduled, published or withdrawn."""
        return "scheduled" if self.is_scheduled else self.status

    @property
    def is_under_embargo(self):
        return self.embargo_until is not None and self.embargo_until > timezone.now()

    @property
    def updated(self):
        """When it was last updated after it was published; None when never."""
        if self.updated_at is None or self.published_at is None:
            return None
        return self.updated_at if self.updated_at > self.published_at else None

    @property
    def public_from(self):
        """When a published article becomes visible, embargo included. None without a date."""
        return self.published_at and max(
            filter(None, [self.published_at, self.embargo_until])
        )

    def is_by(self, user):
        """Whether the user created it; `written_by` finds all of these."""
        return self.created_by_id == user.pk

    def editable_by(self, user):
        return user.has_perm("articles.change_article") and (
            user.has_perm("articles.publish_article")
            or (self.is_by(user) and self.is_draft)
        )

    def recallable_by(self, user):
        """Whether it waits for review and the user, who wrote it, may take it back."""
        return (
            self.status == Status.IN_REVIEW
            and self.is_by(user)
            and user.has_perm("articles.change_article")
        )

    def shows_proposals_to(self, user):
        """Whether the user may read its proposals: its creator and those who may edit it."""
        return self.is_by(user) or self.editable_by(user)

    def revisions_for(self, user):
        """The revisions that the user may read."""
        revisions = self.revisions.all()
        return revisions if self.shows_proposals_to(user) else revisions.working()

    def steps_for(self, user):
        """The steps that the user may read."""
        steps = self.steps.all()
        return steps if self.shows_proposals_to(user) else steps.not_of_proposals()

    def open_to_proposals_of(self, user):
        """Whether the user may propose changes: they created it and may no longer edit it."""
        return (
            user.has_perm("articles.change_article")
            and self.is_by(user)
            and not self.editable_by(user)
        )

    @property
    def is_deletable(self):
        """Whether it is a draft without steps or addresses, which are kept for ever."""
        return (
            self.is_draft
            and self.published_at is None
            and not self.steps.exists()
            and not self.addresses.exists()
        )

    @property
    def last_return(self):
        """The step that returned it to draft, if no other move followed; else None."""
        last = self.steps.moves().first()
        return last if last and last.what == Step.What.RETURN else None

    @property
    def people(self):
        """The writers, in the order of the byline. `credits` has the other roles, too."""
        return [
            credit.person
            for credit in self.credits.all()
            if credit.role == Credit.Role.BY
        ]

    @property
    def contributors(self):
        """The people in the byline who are not writers, each once."""
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
        """The visible article in its language published next after this one (Next Post), or None."""
        return self._neighbour(
            Q(published_at__gt=self.published_at) | Q(id__gt=self.pk),
            order=["published_at", "id"],
            published_at__gte=self.published_at,
        )

    def older(self):
        """The visible article in its language published last before this one (Previous Post), or None."""
        return self._neighbour(
            Q(published_at__lt=self.published_at) | Q(id__lt=self.pk),
            order=["-published_at", "-id"],
            published_at__lte=self.published_at,
        )

    def _neighbour(self, beyond, *, order, **bound):
        if self.published_at is None:
            return None
        # `bound` comes before the bound in visible(): SQLite starts its walk at the first.
        neighbours = Article.objects.filter(beyond, **bound).visible()
        neighbours = neighbours.read_in(language_of_addresses(self.language))
        return neighbours.only("title", "slug", "language").order_by(*order).first()

    def set_writers(self, *people):
        """Replace the byline by these people as writers, in this order."""
        self.set_byline(*((person, Credit.Role.BY) for person in people))

    def set_byline(self, *roles):
        """Replace the byline by these pairs of a person and a role, in order. Saves new people."""
        with transaction.atomic():
            for person, _role in roles:
                if person.pk is None:
                    person.save()
            self.credits.all().delete()
            Credit.objects.bulk_create(
                Credit(article=self, person=person, role=role, position=position)
                for position, (person, role) in enumerate(dict.fromkeys(roles))
            )

    def hold(self):
        """
        Lock the row against other editors until the transaction ends, and reload this object.

        See ArticleQuerySet.locked. Raises Article.DoesNotExist when it was deleted.
        """
        self.reread(Article.objects.locked())

    def reread(self, articles=None):
        """Reload this object from the database, with what it has cached."""
        self.refresh_from_db(from_queryset=articles)
        # A cached property, computed from the body.
        self.__dict__.pop("sections", None)

    # Addresses.
    slug_free = article_addresses.slug_free
    stands_in = property(article_addresses.stands_in)

    # Translations.
    language_versions = article_translations.language_versions
    other_in = article_translations.other_in
    newer_source = article_translations.newer_source
    has_provisional_slug = property(article_translations.has_provisional_slug)

    # The article itself and its working copy.
    keeps_changes_apart = property(article_working_copy.keeps_changes_apart)
    working_copy = property(article_working_copy.working_copy)
    working_content = article_working_copy.working_content
    has_unpublished_changes = property(article_working_copy.has_unpublished_changes)
    write_snapshot = article_working_copy.write_snapshot
    note_pictures = article_working_copy.note_pictures
    keep_revision = article_working_copy.keep_revision

    other_on_top = article_steps.other_on_top

    # Steps. Each locks the row and is recorded, except tell_of_update.
    first_published_at = property(article_steps.first_published_at)
    submit = article_steps.submit
    recall = article_steps.recall
    return_to_draft = article_steps.return_to_draft
    publish = article_steps.publish
    tell_of_update = article_steps.tell_of_update
    lift_embargo = article_steps.lift_embargo
    redate = article_steps.redate
    withdraw = article_steps.withdraw
    put_on_top = article_steps.put_on_top
    take_off_top = article_steps.take_off_top
    put_back = article_steps.put_back
    rename = article_steps.rename
