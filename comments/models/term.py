from django.db import models
from django.utils import timezone

LONGEST_TERM = 100


class Term(models.Model):
    """A word, or a few, that the screening looks for in comments."""

    class Kind(models.TextChoices):
        BANNED = "banned", "Banned"
        SUSPECT = "suspect", "Suspect"

    text = models.CharField(max_length=LONGEST_TERM)
    # What is compared; see comments.screening.terms.
    folded = models.CharField(max_length=4 * LONGEST_TERM, unique=True, editable=False)
    kind = models.CharField(max_length=7, choices=Kind)
    by_name = models.CharField(max_length=200, editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["folded"]
        default_permissions = ["add", "change", "delete", "view"]

    def __str__(self):
        return self.text
