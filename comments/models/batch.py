from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.core.append_only import AppendOnly

# What one person did to several comments.
_SENTENCES = {
    "approve": _("%(name)s approved several comments"),
    "reject": _("%(name)s rejected several comments"),
    "mark_spam": _("%(name)s marked several comments as spam"),
    "keep": _("%(name)s kept several comments as they were"),
    "pick": _("%(name)s picked several comments"),
    "unpick": _("%(name)s removed several comments from the picks"),
    "undo": _("%(name)s undid the last decision on several comments"),
}


class Batch(AppendOnly):
    """A bulk action: decisions that a moderator took at once and can undo at once."""

    step = models.CharField(_("step"), max_length=10)
    undoes = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="undone_by",
        verbose_name=_("undoes"),
    )

    class Meta(AppendOnly.Meta):
        default_permissions = []
        verbose_name = _("bulk change")
        verbose_name_plural = _("bulk changes")

    def __str__(self):
        return _SENTENCES[self.step] % {"name": self.by_name}
