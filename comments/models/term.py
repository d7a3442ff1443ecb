from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.core.text.normalisation import fold
from articles.models import TransitionError

LONGEST_TERM = 100


# Why a term cannot be moved from the list with this kind.
_NOT_THERE = {
    "banned": _(
        "“%(term)s” is no longer a banned term: someone has moved or deleted it."
    ),
    "suspect": _(
        "“%(term)s” is no longer a suspect term: someone has moved or deleted it."
    ),
}


class TermQuerySet(models.QuerySet):
    def same_as(self, texts):
        """The terms that the screening cannot tell from these texts."""
        return self.filter(folded__in=[fold(text) for text in texts])

    def put_on_the_list(self, texts, *, kind, by_name):
        """Add all texts to the word list. Raises IntegrityError and adds none if one is on it."""
        return self.bulk_create(
            self.model(text=text, folded=fold(text), kind=kind, by_name=by_name)
            for text in texts
        )


class Term(models.Model):
    """An entry of the word list: a word or a few that the screening looks for in comments."""

    class Kind(models.TextChoices):
        BANNED = "banned", _("Banned")
        SUSPECT = "suspect", _("Suspect")

    text = models.CharField(_("term"), max_length=LONGEST_TERM)
    # What is compared; see comments.screening.terms.
    folded = models.CharField(
        _("compared as"), max_length=4 * LONGEST_TERM, unique=True, editable=False
    )
    kind = models.CharField(_("kind"), max_length=7, choices=Kind)
    by_name = models.CharField(_("added by"), max_length=200, editable=False)
    at = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    objects = TermQuerySet.as_manager()

    class Meta:
        ordering = ["folded"]
        verbose_name = _("term")
        verbose_name_plural = _("word list")
        default_permissions = ["add", "change", "delete", "view"]

    def __str__(self):
        return self.text

    def move_to(self, kind, *, seen):
        """Change the kind in one guarded UPDATE. Raises TransitionError if it is not `seen`."""
        if not Term.objects.filter(pk=self.pk, kind=seen).update(kind=kind):
            raise TransitionError(_NOT_THERE[Term.Kind(seen)] % {"term": self.text})
        self.refresh_from_db()
