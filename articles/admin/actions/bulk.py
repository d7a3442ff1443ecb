"""Bulk actions: one step for many articles from the changelist, taken as one batch."""

from django.contrib import admin, messages
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.admin.actions.bulk_log import report_bulk_outcome
from articles.admin.actions.registry import ARTICLE_STEPS
from articles.core.pagination import Cursor
from articles.publishing.bulk import changed_since_shown, run_bulk_action

# At most this many articles in one bulk action.
MOST_ARTICLES_AT_ONCE = 500


def admin_action_for(step):
    """The step as a Django admin action."""

    @admin.action(
        description=step.label,
        permissions=["change" if step.for_writers else "publish"],
    )
    def take(admin, request, articles):
        return admin.take_step_in_bulk(request, articles, step)

    take.__name__ = f"{step.name}_articles"
    return take


# Name of the POST field that holds the version of each article on the page.
VERSIONS_FIELD = "shown"


def version_of(article):
    """The article's key and its last change, as text without a space."""
    return str(Cursor(article.modified_at, article.pk))


def versions_shown(data):
    """When each article on the page had last been changed, by its key."""
    words = " ".join(data.getlist(VERSIONS_FIELD)).split()
    cursors = filter(None, map(Cursor.parse, words))
    return {cursor.id: cursor.at for cursor in cursors}


class BulkActionsMixin:
    """Adds bulk actions to the admin of articles."""

    actions = [
        admin_action_for(step) for step in ARTICLE_STEPS.values() if step.for_many
    ]

    def action_checkbox(self, article):
        return format_html(
            '{}<input type="hidden" name="{}" value="{}">',
            super().action_checkbox(article),
            VERSIONS_FIELD,
            version_of(article),
        )

    def take_step_in_bulk(self, request, articles, step):
        """Ask what the step needs to know, then take it on the chosen articles."""
        chosen = list(articles[: MOST_ARTICLES_AT_ONCE + 1])
        if len(chosen) > MOST_ARTICLES_AT_ONCE:
            self.message_user(
                request,
                ngettext(
                    "You chose more than %(limit)d article. Choose fewer; nothing was changed.",
                    "You chose more than %(limit)d articles. Choose fewer; nothing was changed.",
                    MOST_ARTICLES_AT_ONCE,
                )
                % {"limit": MOST_ARTICLES_AT_ONCE},
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
        outcome = self._take_in_bulk(request, step, form, chosen)
        report_bulk_outcome(self, request, step.label, outcome)
        return None

    def _take_in_bulk(self, request, step, form, chosen):
        answers = form.answers() if form else {}

        def refusal_of(article):
            if refusal := step.refusal_of(request.user, article):
                return refusal
            wrong = form and form.refusal_of(article)
            if not wrong:
                return ""
            return _("“%(article)s” was not published. %(problems)s") % {
                "article": article,
                "problems": wrong,
            }

        return run_bulk_action(
            step.name,
            chosen,
            lambda article: step.take(article, by=request.user, **answers),
            by=request.user,
            refusal_of=refusal_of,
            shown=versions_shown(request.POST),
        )

    def _ask_about_many(self, request, step, form, chosen):
        shown = versions_shown(request.POST)
        skipped = [
            (article, refusal)
            for article in chosen
            if (
                refusal := changed_since_shown(article, shown)
                or step.refusal_of(request.user, article)
            )
        ]
        # The choice can include articles of other pages of the list. They are first shown here.
        versions = [
            str(Cursor(shown.get(article.pk, article.modified_at), article.pk))
            for article in chosen
        ]
        return self._ask(
            request,
            step,
            form,
            chosen,
            back=request.get_full_path(),
            action=f"{step.name}_articles",
            skipped=skipped,
            shown=(VERSIONS_FIELD, " ".join(versions)),
        )
