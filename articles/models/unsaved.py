"""
Copies: what people typed into the form of an article and have not saved.

One rule holds for all copies. static/desk/copies.js keeps it in browsers.

1. Every open form writes a copy of its own. No form overwrites what another one wrote.
2. What a browser keeps while the server cannot be reached becomes the copy of its form as soon
   as the server answers, with the time at which it was typed.
3. The newest copy is offered first, older ones are offered below it.
4. Taking a copy loses no newer one. The newer ones become revisions in the history of the
   article. If that is not possible, because the article has no revision yet or the text cannot
   be saved as it is, they are still offered.
5. A copy is deleted when its form is saved, when its writer discards it, and after UNSAVED_KEPT.
"""

from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.core.append_only import name_of
from articles.core.batches import delete_in_batches
from articles.models.revision import Revision

# People who typed something within this time are shown as editing.
EDITING_WITHIN = timedelta(minutes=2)
# Long enough for people on leave. The rows are few.
UNSAVED_KEPT = timedelta(days=365)


class UnsavedQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(by=user)

    def of_new_articles(self):
        return self.filter(article=None)

    def in_form(self, key):
        return self.filter(key=key)

    def newest_first(self):
        return self.order_by("-at", "-id")

    def newer_than(self, copy):
        """The other copies of the same writer for the same article with later text."""
        same = self.filter(by=copy.by_id, article=copy.article_id).exclude(pk=copy.pk)
        return same.filter(at__gt=copy.at)

    def recent(self):
        return self.filter(at__gt=timezone.now() - EDITING_WITHIN)

    def overtaken(self):
        """Those based on a revision after which somebody else has saved; none without a base."""
        newer = Revision.objects.working().filter(
            article=models.OuterRef("article"), pk__gt=models.OuterRef("began_from")
        )
        return self.filter(
            models.Exists(newer.exclude(by=models.OuterRef("by"))),
            began_from__isnull=False,
        )

    def by_others(self, user):
        """The copies of other people, newest first, without what they typed."""
        others = self.exclude(by=user).select_related("by").defer("typed")
        return others.order_by("-at")

    def forget_old(self):
        """Delete rows older than UNSAVED_KEPT; return their number."""
        return delete_in_batches(self.filter(at__lt=timezone.now() - UNSAVED_KEPT))

    def at_version(self, version):
        """The copy that is still as it was in this version (see Unsaved.version), or None."""
        key, _dash, _moment = version.partition("-")
        if not (key.isascii() and key.isdecimal() and len(key) < 19):
            return None
        copy = self.filter(pk=key).first()
        return copy if copy is not None and copy.version == version else None

    def store(
        self,
        article,
        typed,
        *,
        by,
        key=None,
        continues="",
        began_from=None,
        at=None,
    ):
        """
        Store what was typed (see Unsaved.typed) as the copy of the form `key`, and return it.

        `article` is None for a new one. A form without a key shares one copy with all others
        of its writer and article. `continues` is the version of the copy that the form began
        with: that copy becomes the copy of this form. A copy with later text than `at` stays
        as it is.
        """
        key = key or shared_key(article, by)
        at = at or timezone.now()
        copies = self.of(by)
        if continues and not copies.in_form(key).exists():
            self._continue(copies, continues, key)
        values = {
            "article": article,
            "typed": typed,
            "began_from": began_from,
            "at": at,
        }
        copy, created = self.get_or_create(by=by, key=key, defaults=values)
        if not created and self.filter(pk=copy.pk, at__lte=at).update(**values):
            copy.refresh_from_db()
        return copy

    def _continue(self, copies, version, key):
        if (copy := copies.at_version(version)) is not None:
            copies.filter(pk=copy.pk, at=copy.at).update(key=key)


class Unsaved(models.Model):
    """A copy: what one person typed in one form of an article and has not saved."""

    # None for an article that was never saved.
    article = models.ForeignKey(
        "articles.Article",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="unsaved",
        verbose_name=_("article"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("account"),
    )
    # The form that writes it. None in rows that are older than this field.
    key = models.UUIDField(_("form"), null=True, blank=True)
    # The values of the form as typed, by field name; not validated.
    typed = models.JSONField(
        _("text"),
    )
    # The revision that was on the screen; None for an article without one.
    began_from = models.ForeignKey(
        "articles.Revision",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("based on"),
    )
    at = models.DateTimeField(_("time"), default=timezone.now, db_index=True)

    objects = UnsavedQuerySet.as_manager()

    class Meta:
        verbose_name = _("unsaved text")
        verbose_name_plural = _("unsaved texts")
        default_permissions = []
        constraints = [
            models.UniqueConstraint(
                name="one_unsaved_text_for_each_form", fields=["by", "key"]
            )
        ]

    def __str__(self):
        if self.article_id is None:
            return _("Unsaved text of %(name)s in a new article") % {"name": self.by}
        return _("Unsaved text of %(name)s in article %(article)s") % {
            "name": self.by,
            "article": self.article_id,
        }

    @property
    def title(self):
        """The typed title, on one line."""
        return " ".join(str(self.typed.get("title", "")).split())

    @property
    def version(self):
        """Names the copy with exactly this text; see `at_version`."""
        return f"{self.pk}-{self.at.timestamp():.6f}"

    def turn_into_revision(self, content):
        """Store the copy in the history of its article, with these parts, and delete it."""
        self.article.revisions.create(
            kind=Revision.Kind.KEPT,
            content=content,
            by=self.by,
            by_name=name_of(self.by),
            at=self.at,
            began_from=self.began_from,
        )
        self.delete()


def shared_key(article, by):
    """The key for forms that send none: pages that were opened before there were keys."""
    return uuid5(NAMESPACE_URL, f"unsaved:{article.pk if article else ''}:{by.pk}")
