"""The words the newsroom uses for its piles of articles."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from articles.models.address import Address
from articles.models.people import Credit, Person
from articles.models.proposal import Proposal
from articles.models.revision import Revision
from articles.models.tag import Tag


class ArticleQuerySet(models.QuerySet):
    """Words return piles, so they combine: `visible().people()`."""

    def locked(self):
        """
        These rows, locked until the transaction ends against others who change or delete them.

        Not against those who only refer to them: a comment on an article that an editor
        holds is stored at once. SQLite has one lock for everything that is written.
        """
        return self.select_for_update(no_key=True)

    def held(self, pk):
        """The article with this key as it is by now, locked. Raises DoesNotExist when it was deleted."""
        return self.locked().get(pk=pk)

    def visible(self):
        """What the public may see; the only definition of it."""
        now = timezone.now()
        return self.filter(
            _no_embargo(now),
            status=self.model.Status.PUBLISHED,
            published_at__lte=now,
        )

    def scheduled(self):
        """Published with a time still to come: their hour makes them appear, no job does."""
        now = timezone.now()
        return self.filter(
            Q(published_at__gt=now) | Q(embargo_until__gt=now),
            status=self.model.Status.PUBLISHED,
        )

    def published(self):
        """On the site, or to appear there by themselves: what a working copy can differ from."""
        return self.filter(status=self.model.Status.PUBLISHED)

    def drafts(self):
        return self.filter(status=self.model.Status.DRAFT)

    def in_review(self):
        return self.filter(status=self.model.Status.IN_REVIEW)

    def withdrawn(self):
        return self.filter(status=self.model.Status.WITHDRAWN)

    def gone(self):
        """Withdrawn from where readers saw them, leaving something that says so: not as if they had never been there."""
        now = timezone.now()
        # A story withdrawn before its hour was never anywhere, also once that has passed.
        seen = Address.objects.used().filter(article=models.OuterRef("pk"))
        return (
            self.withdrawn()
            .exclude(withdrawal=self.model.Withdrawal.VANISHED)
            .filter(_no_embargo(now), models.Exists(seen), published_at__lte=now)
        )

    def known_as(self, slug):
        """Whatever has this address now, or had it when readers could see it there."""
        now = self.model.objects.filter(slug=slug).values_list("pk")
        once = Address.objects.used().filter(slug=slug).values_list("article")
        # Looked up here: as a subquery, it makes SQLite read every visible article.
        return self.filter(pk__in=[pk for (pk,) in now.union(once)])

    def at(self, slug):
        """The one of these that is known as the slug, or None: one query where that is its address now, as it mostly is."""
        return self.filter(slug=slug).first() or self.known_as(slug).first()

    def slugs_among(self, slugs):
        """Those of the slugs under which one of these is known."""
        now = self.filter(slug__in=slugs).values_list("slug", flat=True)
        here = models.Exists(self.filter(pk=models.OuterRef("article")))
        once = Address.objects.used().filter(here, slug__in=slugs)
        return now.union(once.values_list("slug", flat=True))

    def working_contents(self):
        """The key of each, and what its newest revision says: None where there is none."""
        newest = Revision.objects.working().filter(article=models.OuterRef("pk"))
        copy = models.Subquery(newest.newest_first().values("content")[:1])
        return self.values_list("pk", copy)

    def published_in(self, span):
        """From the first moment of the span up to, but without, its end."""
        return self.filter(published_at__gte=span.start, published_at__lt=span.end)

    def dated_later(self):
        """Whose own date is still to come, the next first."""
        later = self.filter(published_at__gt=timezone.now())
        return later.order_by("published_at", "id")

    def under_embargo(self):
        """Kept back by an embargo that has not ended, the next to end first."""
        kept = self.filter(embargo_until__gt=timezone.now())
        return kept.order_by("embargo_until", "id")

    def planned_between(self, first, last):
        """What the desk means to have ready on one of these days, both included."""
        return self.filter(planned_for__gte=first, planned_for__lte=last)

    def undated(self):
        """Drafts of which nobody has said when they are to be ready, the newest first."""
        undated = self.drafts().without_a_date().filter(planned_for=None)
        return undated.order_by("-id")

    def without_a_date(self):
        """What was given no date of publication, as all drafts: said, it lets an index find the newest of them."""
        return self.filter(published_at=None)

    def on_top(self):
        return self.filter(on_top=True)

    def not_on_top(self):
        return self.filter(on_top=False)

    def tagged(self, tag):
        return self.filter(tags=tag)

    def with_pictures(self):
        """Those in which a picture of the library stands, as they are now."""
        return self.filter(Q(lead_image__isnull=False) | Q(body__contains="data-file="))

    def with_open_proposals(self):
        """Those to which somebody who may not change them proposes changes."""
        waiting = Proposal.objects.open().filter(article=models.OuterRef("pk"))
        return self.filter(models.Exists(waiting))

    def credited(self, person, role):
        """Those in whose byline the person stands in this role."""
        return self.filter(credits__person=person, credits__role=role)

    def written_by(self, user):
        return self.filter(created_by=user)

    def visible_to(self, user):
        """Visible articles for readers, a writer's own beside them, every article for the desk."""
        if not user.is_staff:
            # Whoever has left the desk may still be signed in, and in a group.
            return self.visible()
        if user.has_perm("articles.view_article"):
            return self
        if user.has_perm("articles.change_article"):
            return self.filter(
                Q(created_by=user) | Q(pk__in=self.model.objects.visible().values("pk"))
            )
        return self.visible()

    def editable_by(self, user):
        """Every article for editors, their own drafts for writers, none for others."""
        if not user.has_perm("articles.change_article"):
            return self.none()
        if user.has_perm("articles.publish_article"):
            return self
        return self.written_by(user).drafts()

    def on_desk_of(self, user):
        """What the desk's lists show: everything to those who see all articles, their own to writers."""
        if user.has_perm("articles.view_article"):
            return self
        return self.written_by(user)

    def roles_of(self, person):
        """In which roles the person stands in the bylines of these articles."""
        # From the person's own credits: from the side of the articles, a role that the
        # person never had would make SQLite read every one of them.
        here = models.Exists(self.filter(pk=models.OuterRef("article")))
        stands = [
            models.Exists(Credit.objects.filter(here, person=person, role=role))
            for role in Credit.Role
        ]
        [found] = Person.objects.filter(pk=person.pk).values_list(*stands)
        return [role for role, is_so in zip(Credit.Role, found, strict=True) if is_so]

    def people(self):
        """Those whom the byline of one of these articles names."""
        return Person.objects.filter(articles__in=self).distinct()

    def tags(self):
        """The tags of these articles, each with `articles_found`, the number of them under it."""
        return Tag.objects.filter(items__content_object__in=self).annotate(
            articles_found=models.Count("items")
        )

    def newest_first(self):
        return self.order_by("-published_at", "-id")

    def for_page(self):
        """Load what is shown of an article wherever it stands whole."""
        return self.select_related("lead_image").prefetch_related(
            "tags",
            models.Prefetch("credits", Credit.objects.select_related("person")),
        )

    def for_own_page(self):
        """Load what the article's own page shows beside that: its corrections."""
        return self.for_page().prefetch_related("corrections")

    def for_listing(self):
        """Load what a card shows, and leave the text in the database."""
        return self.for_page().defer("body")


def _no_embargo(now):
    return Q(embargo_until__isnull=True) | Q(embargo_until__lte=now)
