"""Steps on many articles from the list: asked for on one page, taken as one batch, undone with one press."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html

from articles.admin.listing import LongListMixin
from articles.admin.records import RecordMixin
from articles.admin.steps import STEPS, not_yours
from articles.batches import do_together, undo_together
from articles.models import ArticleBatch, TransitionError

# A step is taken on this many articles at most.
AT_ONCE = 500
# Of those that were skipped, so many are named in the message; the page of the batch names all.
NAMED = 5


def action_of(step):
    """The step as an action of the list."""

    @admin.action(
        description=step.label,
        permissions=["change" if step.for_writers else "publish"],
    )
    def take(admin, request, articles):
        return admin.take_step_on_many(request, articles, step)

    take.__name__ = f"{step.name}_articles"
    return take


class TogetherMixin:
    """For the admin of articles."""

    actions = [action_of(step) for step in STEPS.values() if step.for_many]

    def take_step_on_many(self, request, articles, step):
        """Take the step on the chosen articles, after asking what it needs to know."""
        chosen = list(articles[: AT_ONCE + 1])
        if len(chosen) > AT_ONCE:
            self.message_user(
                request,
                f"That is more than {AT_ONCE} articles at once. Choose fewer; nothing was done.",
                messages.ERROR,
            )
            return None
        form = None
        if step.form is not None:
            form = step.form_for(
                chosen, request.POST if "_confirmed" in request.POST else None
            )
            form.may_make_tags = request.user.has_perm("articles.add_tag")
            if not form.is_valid():
                return self._ask_about_many(request, step, form, chosen)
        outcome = self._take_together(request, step, form, chosen)
        say_what_came_of_it(self, request, step.label, outcome)
        return None

    def _take_together(self, request, step, form, chosen):
        answers = form.answers() if form else {}

        def refusal_of(article):
            if why_not := step.refusal_of(request.user, article):
                return why_not
            wrong = form and form.refusal_of(article)
            return f"“{article}” was not published. {wrong}" if wrong else ""

        return do_together(
            step.name,
            chosen,
            lambda article: step.take(article, by=request.user, **answers),
            by=request.user,
            refusal_of=refusal_of,
        )

    def _ask_about_many(self, request, step, form, chosen):
        skipped = [
            (article, why_not)
            for article in chosen
            if (why_not := step.refusal_of(request.user, article))
        ]
        return self._ask(
            request,
            step,
            form,
            chosen,
            back=request.get_full_path(),
            action=f"{step.name}_articles",
            skipped=skipped,
        )


def say_what_came_of_it(model_admin, request, label, outcome):
    """How many it was done to, where that is undone, and the first of those it was not done to."""
    page = reverse("admin:articles_articlebatch_change", args=[outcome.batch.pk])
    number = len(outcome.done)
    if number:
        model_admin.message_user(
            request,
            format_html(
                '{}: done to {} article{}. <a href="{}">{}</a>',
                label,
                number,
                "" if number == 1 else "s",
                page,
                "Look at them"
                if outcome.batch.undoes_id
                else "Look at them, or undo it within 24 hours.",
            ),
            messages.SUCCESS,
        )
    for _, why_not in outcome.skipped[:NAMED]:
        model_admin.message_user(request, why_not, messages.ERROR)
    if (others := len(outcome.skipped) - NAMED) > 0:
        model_admin.message_user(
            request,
            format_html(
                '{} more were skipped. <a href="{}">See why.</a>', others, page
            ),
            messages.ERROR,
        )


@admin.register(ArticleBatch)
class ArticleBatchAdmin(RecordMixin, LongListMixin, admin.ModelAdmin):
    """What was done to several articles with one press, newest first, and a page for each on which it is undone."""

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
        return batches.select_related("undone_by")

    @admin.display(description="what")
    def label(self, batch):
        label = STEPS[batch.what].label if batch.what in STEPS else batch.what
        return f"Undone: {label}" if batch.undoes_id else label

    @admin.display(description="can be undone", boolean=True)
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
        step = STEPS.get(batch.what)

        def refusal_of(article):
            own = batch.by_id == request.user.pk == article.created_by_id
            if step is None or step.allowed(request.user, article):
                return ""
            # What writers did to their own, they take back, also out of review.
            return "" if step.for_writers and own else not_yours(step, article)

        try:
            outcome = undo_together(batch, by=request.user, refusal_of=refusal_of)
        except TransitionError as error:
            batch = self.get_object(request, batch.pk)
            return self._page(request, batch, refused=str(error), status=409)
        label = f"Undoing “{self.label(batch)}”"
        say_what_came_of_it(self, request, label, outcome)
        return HttpResponseRedirect(
            reverse("admin:articles_articlebatch_change", args=[batch.pk])
        )

    def _page(self, request, batch, *, refused="", status=200):
        request.current_app = self.admin_site.name
        items = batch.items.select_related("article").defer("article__body")
        context = {
            **self.admin_site.each_context(request),
            "title": f"{self.label(batch)}: {batch.at:%Y-%m-%d}",
            "opts": self.opts,
            "batch": batch,
            "label": self.label(batch),
            "done": [item for item in items if not item.why_not],
            "skipped": [item for item in items if item.why_not],
            "refused": refused,
        }
        return TemplateResponse(
            request, "admin/articles/articlebatch/page.html", context, status=status
        )
