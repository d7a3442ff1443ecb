"""The sets of articles that the newsroom has names for, each defined once."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from articles.core.languages import (
    further_languages,
    prefix_of,
    site_languages,
    written_in,
)
from articles.models.address import Address
from articles.models.people import Credit, Person
from articles.models.proposal import Proposal
from articles.models.revision import Revision
from articles.models.step import Step
from articles.models.tag import Tag, TaggedArticle

# The words of a search that are looked for.
MOST_WORDS = 10


class ArticleQuerySet(models.QuerySet):
    """The methods return querysets, so they combine: `visible().tagged(tag).for_listing()`."""

    def locked(self):
        """
        Lock these rows until the transaction ends, against changes and deletion.

        Rows that only refer to them are not blocked: a comment on a locked article is stored
        at once. SQLite has one lock for all writing.
        """
        return self.select_for_update(no_key=True)

    def held(self, pk):
        """Lock and return the article with this key. Raises DoesNotExist when it was deleted."""
        return self.locked().get(pk=pk)

    def visible(self):
        """The articles that the public may see. This is the only definition of it."""
        now = timezone.now()
        return self.filter(
            _no_embargo(now),
            status=self.model.Status.PUBLISHED,
            published_at__lte=now,
        )

    def scheduled(self):
        """Published with a time still to come. No job makes them appear: their time does."""
        now = timezone.now()
        return self.filter(
            Q(published_at__gt=now) | Q(embargo_until__gt=now),
            status=self.model.Status.PUBLISHED,
        )

    def read_in(self, language):
        """The articles at the addresses of this language; see articles.core.languages."""
        return self.filter(written_in(language))

    def first_prefix(self):
        """The prefix of the first language whose lists have one of these articles; `/de` or none."""
        languages = site_languages() if further_languages() else []
        found = (one for one in languages if self.read_in(one).exists())
        return prefix_of(next(found, ""))

    def in_group_of(self, article):
        """The original of which the article is a translation, or itself, and its translations."""
        original = article.translation_of_id or article.pk
        return self.filter(Q(pk=original) | Q(translation_of=original))

    def translations(self):
        return self.filter(translation_of__isnull=False)

    def published(self):
        """Visible or scheduled."""
        return self.filter(status=self.model.Status.PUBLISHED)

    def drafts(self):
        return self.filter(status=self.model.Status.DRAFT)

    def returned(self):
        """Drafts that came back from review; a later step that moves them ends that."""
        # First those that were ever returned, which are few.
        returns = Step.objects.filter(what=Step.What.RETURN).values("article")
        last = self.drafts().filter(pk__in=returns).alias(last_move=_last_move())
        return last.filter(last_move=Step.What.RETURN)

    def in_review(self):
        return self.filter(status=self.model.Status.IN_REVIEW)

    def withdrawn(self):
        return self.filter(status=self.model.Status.WITHDRAWN)

    def gone(self):
        """Withdrawn after readers could see them, and not vanished: their addresses say so."""
        now = timezone.now()
        # An article withdrawn before its time was never public, also after that time.
        seen = Address.objects.used().filter(article=models.OuterRef("pk"))
        return (
            self.withdrawn()
            .exclude(withdrawal=self.model.Withdrawal.VANISHED)
            .filter(_no_embargo(now), models.Exists(seen), published_at__lte=now)
        )

    def without_their_address(self):
        """Published ones whose slug is not among the addresses that are kept for them."""
        kept = Address.objects.filter(
            article=models.OuterRef("pk"), slug=models.OuterRef("slug")
        )
        return self.published().filter(~models.Exists(kept))

    def known_as(self, slug):
        """Those that have this slug now, or were public under it."""
        now = self.model.objects.filter(slug=slug).values_list("pk")
        once = Address.objects.used().filter(slug=slug).values_list("article")
        # Evaluated here, because as a subquery SQLite would read every visible article for it.
        return self.filter(pk__in=[pk for (pk,) in now.union(once)])

    def at(self, slug):
        """The one known as this slug, or None. A current slug, the common case, takes one query."""
        return self.filter(slug=slug).first() or self.known_as(slug).first()

    def slugs_among(self, slugs):
        """Those of the slugs that one of these articles is known as, as a list of values."""
        now = self.filter(slug__in=slugs).values_list("slug", flat=True)
        here = models.Exists(self.filter(pk=models.OuterRef("article")))
        once = Address.objects.used().filter(here, slug__in=slugs)
        return now.union(once.values_list("slug", flat=True))

    def working_contents(self):
        """Pairs of a primary key and the content of the newest revision, None without one."""
        newest = Revision.objects.working().filter(article=models.OuterRef("pk"))
        copy = models.Subquery(newest.newest_first().values("content")[:1])
        return self.values_list("pk", copy)

    def published_in(self, span):
        """Published from the start of the span up to, but not including, its end."""
        return self.filter(published_at__gte=span.start, published_at__lt=span.end)

    def dated_later(self):
        """Those with a publication date still to come, the next first."""
        later = self.filter(published_at__gt=timezone.now())
        return later.order_by("published_at", "id")

    def under_embargo(self):
        """Those with an embargo in force, the next to end first."""
        kept = self.filter(embargo_until__gt=timezone.now())
        return kept.order_by("embargo_until", "id")

    def planned_between(self, first, last):
        """Those planned for one of these days, both included."""
        return self.filter(planned_for__gte=first, planned_for__lte=last)

    def undated(self):
        """Drafts without a planned day, the newest first."""
        undated = self.drafts().without_a_date().filter(planned_for=None)
        return undated.order_by("-id")

    def without_a_date(self):
        """
        Those without a publication date, like all drafts.

        Added to a query for drafts, this lets an index find the newest ones.
        """
        return self.filter(published_at=None)

    def on_top(self):
        return self.filter(on_top=True)

    def not_on_top(self):
        return self.filter(on_top=False)

    def tagged(self, tag):
        return self.filter(tags=tag)

    def with_pictures(self):
        """Those that have a lead image or an image of the library in the body, as stored."""
        return self.filter(Q(lead_image__isnull=False) | Q(body__contains="data-file="))

    def with_open_proposals(self):
        """Those with a proposal that waits for an answer."""
        waiting = Proposal.objects.open().filter(article=models.OuterRef("pk"))
        return self.filter(models.Exists(waiting))

    def credited(self, person, role):
        """Those whose byline names the person in this role."""
        return self.filter(credits__person=person, credits__role=role)

    def written_by(self, user):
        return self.filter(created_by=user)

    def visible_to(self, user):
        """For readers the visible articles, for writers their own as well, for the desk all."""
        if not user.is_staff:
            # Somebody who has left the desk may still be signed in and belong to a group.
            return self.visible()
        if user.has_perm("articles.view_article"):
            return self
        if user.has_perm("articles.change_article"):
            return self.filter(
                Q(created_by=user) | Q(pk__in=self.model.objects.visible().values("pk"))
            )
        return self.visible()

    def editable_by(self, user):
        """For editors every article, for writers their own drafts, for others none."""
        if not user.has_perm("articles.change_article"):
            return self.none()
        if user.has_perm("articles.publish_article"):
            return self
        return self.written_by(user).drafts()

    def on_desk_of(self, user):
        """The articles in the user's lists at the desk: all, or for writers their own."""
        if user.has_perm("articles.view_article"):
            return self
        return self.written_by(user)

    def linkable_by(self, user):
        """Those that the user may link to: what readers see, and what is on their desk."""
        return self.visible() | self.on_desk_of(user)

    def titled(self, words):
        """Those whose title has each of these words, at most MOST_WORDS."""
        found = self
        for word in words.split()[:MOST_WORDS]:
            found = found.filter(title__icontains=word)
        return found

    def roles_of(self, person):
        """The roles in which the bylines of these articles name the person."""
        # Start from the person's own credits. Starting from the articles, SQLite would read
        # all of them for a role that the person never had.
        here = models.Exists(self.filter(pk=models.OuterRef("article")))
        stands = [
            models.Exists(Credit.objects.filter(here, person=person, role=role))
            for role in Credit.Role
        ]
        [found] = Person.objects.filter(pk=person.pk).values_list(*stands)
        return [role for role, is_so in zip(Credit.Role, found, strict=True) if is_so]

    def people(self):
        """The people whom the bylines of these articles name."""
        return Person.objects.filter(articles__in=self).distinct()

    def tags(self):
        """The tags of these articles, annotated with `articles_found`, their number per tag."""
        return Tag.objects.filter(items__content_object__in=self).annotate(
            articles_found=models.Count("items")
        )

    def newest_first(self):
        return self.order_by("-published_at", "-id")

    def for_page(self):
        """Load everything needed to show whole articles."""
        return self.select_related("lead_image").prefetch_related(
            "tags",
            models.Prefetch("credits", Credit.objects.select_related("person")),
        )

    def for_own_page(self):
        """As `for_page`, with the corrections, which only the article's own page shows."""
        return self.for_page().prefetch_related("corrections")

    def with_standing(self):
        """
        Annotate what the list of the desk marks: `last_move`, the last step that changed the
        status, and `working_kind`, the kind of the newest revision.
        """
        newest = Revision.objects.working().filter(article=models.OuterRef("pk"))
        kind = models.Subquery(newest.newest_first().values("kind")[:1])
        return self.annotate(last_move=_last_move(), working_kind=kind)

    def mentioning(self, words):
        """Those with each of the words in the title, standfirst, body, byline or tags."""
        found = self
        for word in words[:MOST_WORDS]:
            credits = Credit.objects.filter(
                article=models.OuterRef("pk"), person__name__icontains=word
            )
            tags = TaggedArticle.objects.filter(
                content_object=models.OuterRef("pk"), tag__name__icontains=word
            )
            found = found.filter(
                Q(title__icontains=word)
                | Q(standfirst__icontains=word)
                | Q(body__icontains=word)
                | models.Exists(credits)
                | models.Exists(tags)
            )
        return found

    def for_listing(self):
        """Load what a card shows, without the body."""
        return self.for_page().defer("body")


def _last_move():
    moves = Step.objects.moves().filter(article=models.OuterRef("pk"))
    return models.Subquery(moves.order_by("-at", "-id").values("what")[:1])


def _no_embargo(now):
    return Q(embargo_until__isnull=True) | Q(embargo_until__lte=now)
