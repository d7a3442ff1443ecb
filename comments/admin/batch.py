"""The page of a bulk decision, on which the whole batch is undone."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.core.admin.read_only import RecordMixin
from articles.models import TransitionError
from comments.admin.forms import ModerationForm
from comments.models import Batch
from comments.moderation.bulk import undo_together

# At most this many decisions of a batch are listed.
DECISIONS_LISTED = 200


@admin.register(Batch)
class BatchAdmin(RecordMixin, admin.ModelAdmin):
    """A page for each batch, linked from where it was made. There is no list of batches."""

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("comments.moderate_comment")

    def get_model_perms(self, request):
        return {}

    def get_urls(self):
        page = self.admin_site.admin_view(self.change_view)
        return [path("<path:object_id>/change/", page, name="comments_batch_change")]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        batch = self.get_object(request, unquote(object_id))
        if batch is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method == "POST":
            return self._undo(request, batch)
        return self._page(request, batch)

    def _undo(self, request, batch):
        try:
            outcome = undo_together(batch, by=request.user)
        except TransitionError as error:
            return self._page(request, batch, refused=str(error), status=409)
        number = len(outcome.done)
        self.message_user(
            request,
            ngettext(
                "%(number)d decision undone.", "%(number)d decisions undone.", number
            )
            % {"number": number},
            messages.SUCCESS if number else messages.WARNING,
        )
        for comment, why in outcome.skipped:
            self.message_user(request, f"{comment.name}: {why}", messages.WARNING)
        address = reverse("admin:comments_batch_change", args=[batch.pk])
        return HttpResponseRedirect(address)

    def _page(self, request, batch, *, refused="", status=200):
        decisions = batch.decisions.select_related("comment__article").defer(
            "comment__article__body"
        )[: DECISIONS_LISTED + 1]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Bulk change"),
            "opts": self.opts,
            "batch": batch,
            "step": ModerationForm.DECISIONS.get(batch.step, batch.step),
            "decisions": decisions[:DECISIONS_LISTED],
            "more": len(decisions) > DECISIONS_LISTED,
            "undone": Batch.objects.filter(undoes=batch).first(),
            "refused": refused,
        }
        return TemplateResponse(
            request, "admin/comments/batch/page.html", context, status=status
        )
