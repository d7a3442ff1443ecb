"""The log of bulk actions, and undoing a whole batch."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from articles.admin.actions.registry import ARTICLE_STEPS, not_yours
from articles.core.admin.changelist import LongListMixin
from articles.core.admin.read_only import RecordMixin
from articles.core.moments import moment_in_words
from articles.models import ArticleBatch, TransitionError
from articles.publishing.bulk import undo_bulk_action

# The message names this many skipped articles; the page of the batch names all.
SKIPPED_NAMED = 5


def report_bulk_outcome(model_admin, request, label, outcome):
    """Say on how many articles the step was taken, link to undo, and name the first skipped."""
    page = reverse("admin:articles_articlebatch_change", args=[outcome.batch.pk])
    number = len(outcome.done)
    if number:
        model_admin.message_user(
            request,
            format_html(
                '{} <a href="{}">{}</a>',
                ngettext(
                    "%(step)s: %(number)d article changed.",
                    "%(step)s: %(number)d articles changed.",
                    number,
                )
                % {"step": label, "number": number},
                page,
                gettext("View details")
                if outcome.batch.undoes_id
                else gettext("View details, or undo within 24 hours"),
            ),
            messages.SUCCESS,
        )
    for remark in outcome.remarks:
        model_admin.message_user(request, remark, messages.WARNING)
    for _article, why_not in outcome.skipped[:SKIPPED_NAMED]:
        model_admin.message_user(request, why_not, messages.ERROR)
    if (others := len(outcome.skipped) - SKIPPED_NAMED) > 0:
        model_admin.message_user(
            request,
            format_html(
                '{} <a href="{}">{}</a>',
                ngettext(
                    "%(number)d more was skipped.",
                    "%(number)d more were skipped.",
                    others,
                )
                % {"number": others},
                page,
                gettext("See why"),
            ),
            messages.ERROR,
        )


@admin.register(ArticleBatch)
class ArticleBatchAdmin(RecordMixin, LongListMixin, admin.ModelAdmin):
    """Bulk actions, newest first. Each has a page on which it is undone."""

    list_display = ["at", "by_name", "label", "is_open"]
    list_display_links = ["at", "label"]
    date_hierarchy = "at"

    def has_view_permission(self, request, obj=None):
        may = request.user.has_perm("articles.change_article")
        return may and (
            obj is None
            or ArticleBatch.objects.seen_by(request.user).filter(pk=obj.pk).exists()
        )

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def get_queryset(self, request):
        batches = super().get_queryset(request).seen_by(request.user)
        return batches.select_related("undone_by").with_left_to_undo()

    @admin.display(description=_("step"))
    def label(self, batch):
        label = (
            ARTICLE_STEPS[batch.what].label
            if batch.what in ARTICLE_STEPS
            else batch.what
        )
        if not batch.undoes_id:
            return label
        return gettext("Undone: %(step)s") % {"step": label}

    @admin.display(description=_("can be undone"), boolean=True)
    def is_open(self, batch):
        return batch.is_open

    def get_urls(self):
        page = path(
            "<path:object_id>/change/",
            self.admin_site.admin_view(self.batch_view),
            name="articles_articlebatch_change",
        )
        return [page, *super().get_urls()]

    def batch_view(self, request, object_id):
        """What was done to which article; a POST undoes it."""
        batch = self.get_object(request, unquote(object_id))
        if batch is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, batch):
            raise PermissionDenied
        if request.method == "POST":
            return self._undo(request, batch)
        return self._page(request, batch)

    def _undo(self, request, batch):
        step = ARTICLE_STEPS.get(batch.what)

        def refusal_of(article):
            own = batch.by_id == request.user.pk == article.created_by_id
            if step is None or step.allowed(request.user, article):
                return ""
            # Writers may undo their own steps, including submitting for review.
            return "" if step.for_writers and own else not_yours(step, article)

        try:
            outcome = undo_bulk_action(batch, by=request.user, refusal_of=refusal_of)
        except TransitionError as error:
            batch = self.get_object(request, batch.pk)
            return self._page(request, batch, refused=str(error), status=409)
        label = gettext("Undo of “%(step)s”") % {"step": self.label(batch)}
        report_bulk_outcome(self, request, label, outcome)
        return HttpResponseRedirect(
            reverse("admin:articles_articlebatch_change", args=[batch.pk])
        )

    def _page(self, request, batch, *, refused="", status=200):
        request.current_app = self.admin_site.name
        items = batch.items.select_related("article").defer("article__body")
        context = {
            **self.admin_site.each_context(request),
            "title": f"{self.label(batch)}: {moment_in_words(batch.at)}",
            "opts": self.opts,
            "batch": batch,
            "label": self.label(batch),
            "done": [item for item in items if not item.why_not],
            "skipped": [item for item in items if item.why_not],
            "refused": refused,
            "left": batch.not_undone().count() if batch.is_half_undone else 0,
        }
        return TemplateResponse(
            request, "admin/articles/articlebatch/page.html", context, status=status
        )
