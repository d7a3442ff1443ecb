from math import ceil

from django.contrib import admin, messages
from django.contrib.admin import ActionLocation, helpers
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.text import smart_split, unescape_string_literal
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.admin.actions.bulk import BulkActionsMixin
from articles.admin.actions.registry import (
    ARTICLE_STEPS,
    buttons_for,
    not_from_here,
    not_yours,
    steps_for,
)
from articles.admin.article.autosave import AutosaveMixin
from articles.admin.article.changelist import ArticleList, marks_of
from articles.admin.article.checklist import ChecklistMixin
from articles.admin.article.duplicate import DuplicateMixin
from articles.admin.article.fields import MomentField
from articles.admin.article.filters import (
    ArticleStatusFilter,
    LanguageFilter,
    ProblemsFilter,
    ProposalsFilter,
    TagFilter,
    WriterFilter,
)
from articles.admin.article.form import DATES, ArticleForm
from articles.admin.article.history import HistoryMixin, unpublished_changes_of
from articles.admin.article.link_targets import LinkTargetsMixin
from articles.admin.article.proposals import ProposalsMixin
from articles.admin.article.recalling import RecallingMixin
from articles.admin.article.saving import SavingMixin
from articles.admin.article.translations import TranslationsMixin
from articles.admin.corrections import open_requests_of
from articles.content import bylines
from articles.content.html import article_html
from articles.content.snapshots import LEAD
from articles.core.admin.changelist import LongListMixin
from articles.core.admin.prev_next import NeighboursMixin
from articles.core.append_only import name_of
from articles.images.picture_html import with_pictures
from articles.models import Article, TransitionError
from articles.publishing.inbound_links import ARTICLES_SEARCHED

# The class of the fieldset that is written on; see templates/admin/articles/article/change_form.html.
ON_THE_PAGE = "writing__story"


class ArticleAdmin(
    SavingMixin,
    AutosaveMixin,
    ChecklistMixin,
    ProposalsMixin,
    RecallingMixin,
    TranslationsMixin,
    DuplicateMixin,
    LinkTargetsMixin,
    LongListMixin,
    NeighboursMixin,
    HistoryMixin,
    BulkActionsMixin,
    admin.ModelAdmin,
):
    form = ArticleForm
    formfield_overrides = {models.DateTimeField: {"form_class": MomentField}}
    list_display = [
        "title",
        "status_in_colour",
        "date",
        "writers",
        "tag_names",
        "changed",
    ]
    list_filter = [
        ArticleStatusFilter,
        WriterFilter,
        "on_top",
        TagFilter,
        LanguageFilter,
        ProposalsFilter,
        ProblemsFilter,
    ]
    list_select_related = ["created_by"]
    # `get_search_results` says how they are searched.
    search_fields = ["title", "standfirst", "body", "credits", "tags"]
    search_help_text = _("Title, standfirst, text, byline or tag")
    date_hierarchy = "published_at"
    ordering = ["-modified_at"]
    change_form_template = "admin/articles/article/change_form.html"

    # What the list holds, and permissions

    def get_changelist(self, request, **kwargs):
        return ArticleList

    def get_queryset(self, request):
        return super().get_queryset(request).on_desk_of(request.user)

    def get_search_results(self, request, queryset, search_term):
        return queryset.mentioning(_words_of(search_term)), False

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (
            obj is None or obj.editable_by(request.user)
        )

    def has_publish_permission(self, request):
        return request.user.has_perm("articles.publish_article")

    def has_delete_permission(self, request, obj=None):
        if obj is not None and not obj.is_deletable:
            return False
        is_own = obj is not None and obj.is_by(request.user)
        if is_own and obj.editable_by(request.user):
            # Nobody has seen it but its writer, and it left no trace.
            return True
        return super().has_delete_permission(
            request, obj
        ) and self.has_publish_permission(request)

    def get_actions(self, request, action_location=ActionLocation.CHANGE_LIST):
        actions = super().get_actions(request, action_location)
        # Articles are deleted one at a time, from the page of the article.
        actions.pop("delete_selected", None)
        return actions

    def view_on_site(self, article):
        return article.get_absolute_url()

    # The list

    @admin.display(description=_("status"))
    def status_in_colour(self, article):
        return format_html(
            '<span class="status status--{}">{}</span>{}',
            article.standing,
            article.status_in_words,
            marks_of(article),
        )

    @admin.display(description=_("date"), ordering="published_at")
    def date(self, article):
        if not article.is_scheduled:
            return _time(article.published_at)
        return format_html(
            '{} <span class="quiet">{}</span>',
            _time(article.public_from),
            # Translators: %(time)s is a length of time, such as “2 h 10 min”.
            gettext("in %(time)s") % {"time": time_until(article.public_from)},
        )

    @admin.display(description=_("changed"), ordering="modified_at")
    def changed(self, article):
        return _time(article.modified_at)

    @admin.display(description=_("byline"))
    def names(self, article):
        return bylines.byline_in_words(article.credits.all())

    @admin.display(description=_("byline"))
    def writers(self, article):
        """Who signed the article; if nobody has, the user who created it."""
        if names := self.names(article):
            return names
        if article.created_by is None:
            return ""
        return format_html(
            '<span class="quiet">{}</span>',
            gettext("created by %(name)s") % {"name": name_of(article.created_by)},
        )

    @admin.display(description=_("tags"))
    def tag_names(self, article):
        return ", ".join(tag.name for tag in article.tags.all())

    @admin.display(description=_("body"))
    def text(self, article):
        return format_html(
            '<div class="article-text">{}</div>',
            article_html(article.body, finish=with_pictures),
        )

    # The form

    def get_fieldsets(self, request, obj=None):
        if obj is not None and not self.has_change_permission(request, obj):
            story = ["title", "standfirst", "text", "names", "tag_names"]
        else:
            story = ["title", "standfirst", "body"]
        may_change = obj is None or self.has_change_permission(request, obj)
        if not may_change:
            return [(None, {"fields": story})]
        fieldsets = [
            # The page that is written; the others stand beside it.
            (None, {"fields": [*story, "seen"], "classes": [ON_THE_PAGE]}),
            (_("Credits"), {"fields": ["signed_by", "tags"]}),
            (_("Lead image"), {"fields": LEAD}),
            (_("Dates and address"), {"fields": ["slug", "language", *DATES]}),
        ]
        if obj is not None:
            fieldsets.append((_("This version"), {"fields": ["note", *DATES.values()]}))
        return fieldsets

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.may_make_tags = request.user.has_perm("articles.add_tag")
        form.asks_about_new_names = True
        form.refused = getattr(request, "refused_saving", None)
        return form

    def render_change_form(
        self, request, context, add=False, change=False, form_url="", obj=None
    ):
        user = request.user
        may_change = (
            self.has_change_permission(request, obj)
            if obj
            else self.has_add_permission(request)
        )
        refused = request.method == "POST" and ARTICLE_STEPS.get(
            request.POST.get("_step")
        )
        context |= {
            "show_save_and_add_another": False,
            "steps": buttons_for(obj, user)
            if may_change and not context["is_popup"]
            else [],
            "step_not_taken": refused,
        }
        if obj is not None:
            context |= {
                "history": obj.steps_for(user)[:100],
                "returned": obj.last_return if obj.is_draft else None,
                **unpublished_changes_of(obj, user),
            }
            if self.has_publish_permission(request):
                context |= {
                    "corrections": obj.corrections.all()[:100],
                    "open_requests": open_requests_of(obj),
                }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def delete_view(self, request, object_id, extra_context=None):
        article = self.get_object(request, object_id)
        if (
            article is not None
            and not article.is_deletable
            and super().has_delete_permission(request, article)
        ):
            self.message_user(
                request,
                gettext(
                    "“%(article)s” has a history or an address that readers may know, "
                    "so it cannot be deleted. Withdraw it to take it off the site."
                )
                % {"article": article},
                messages.ERROR,
            )
            return self._to_form(request, article)
        return super().delete_view(request, object_id, extra_context)

    # Steps

    def get_urls(self):
        step = path(
            "<path:object_id>/steps/<slug:name>/",
            self.admin_site.admin_view(self.step_view),
            name="articles_article_step",
        )
        return [step, *super().get_urls()]

    def step_view(self, request, object_id, name):
        """Ask what the step needs to know, say what will happen, and take the step."""
        step = ARTICLE_STEPS.get(name)
        article = self.get_object(request, object_id)
        if article is None or step is None or step.form is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not step.allowed(request.user, article):
            raise PermissionDenied
        if step not in steps_for(article, request.user):
            self.message_user(request, not_from_here(step, article), messages.ERROR)
            return self._to_form(request, article)
        ticked = request.GET.getlist("answers")
        form = step.form_for(
            [article],
            request.POST if request.method == "POST" else None,
            **{"answers": ticked} if ticked else {},
        )
        if form.is_valid():
            taken = self._take(request, article, step, form.answers())
            # As long as the step can still be taken, the form keeps what was typed for it.
            if taken or step not in steps_for(article, request.user):
                return self._to_form(request, article)
            form.rebase_on_newest()
        return self._ask(
            request, step, form, [article], back=self._form_url(request, article.pk)
        )

    def _response_with_step(self, request, article):
        """The response after a step's button saved the form; None for any other button."""
        if (step := ARTICLE_STEPS.get(request.POST.get("_step"))) is None:
            return None
        if not step.allowed(request.user, article):
            problem = not_yours(step, article)
        elif step not in steps_for(article, request.user):
            problem = not_from_here(step, article)
        elif step.form is not None:
            return HttpResponseRedirect(
                self._form_url(request, article.pk, step.name, view="step")
            )
        else:
            self._take(request, article, step, {})
            return self._to_form(request, article)
        self.message_user(
            request,
            gettext("Your text is saved. %(problem)s") % {"problem": problem},
            messages.ERROR,
        )
        return self._to_form(request, article)

    def _take(self, request, article, step, answers):
        taken = self._try(
            request, lambda: step.take(article, by=request.user, **answers)
        )
        if taken:
            self.message_user(request, step.done_to(article), messages.SUCCESS)
        return taken

    def _try(self, request, step):
        """Take the step; if it is refused, say why."""
        try:
            step()
        except TransitionError as error:
            self.message_user(request, str(error), messages.ERROR)
            return False
        except Article.DoesNotExist:
            gone = gettext("Someone deleted this article at the same moment.")
            self.message_user(request, gone, messages.ERROR)
            return False
        return True

    def _ask(
        self, request, step, form, articles, *, back, action="", skipped=(), shown=None
    ):
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            "admin/articles/article/step.html",
            {
                **self.admin_site.each_context(request),
                "title": step.question_about(articles),
                "opts": self.opts,
                "media": self.media + form.media,
                "step": step,
                "form": form,
                "articles": articles,
                "article": articles[0] if not action else None,
                "outlook": step.outlook(articles[0]) if not action else None,
                "looked_through": ARTICLES_SEARCHED,
                "action": action,
                "skipped": skipped,
                "shown": shown,
                "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
                "back": back,
                "preserved_filters": self.get_preserved_filters(request),
            },
        )

    def _to_form(self, request, article):
        return HttpResponseRedirect(self._form_url(request, article.pk))


def _words_of(search):
    """The words of a search; what stands in quotation marks is one."""
    return [
        unescape_string_literal(word)
        if len(word) > 1 and word[0] == word[-1] and word[0] in "\"'"
        else word
        for word in smart_split(search)
    ]


def _time(moment):
    if moment is None:
        return ""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        formats.date_format(timezone.localtime(moment), "DATETIME_FORMAT"),
        formats.date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT"),
    )


def time_until(moment):
    """The time left until the moment: “2 h 10 min”, with days if there are some."""
    minutes = max(0, ceil((moment - timezone.now()).total_seconds() / 60))
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [
        # Translators: days, hours and minutes, abbreviated.
        (days, gettext("%(number)d d")),
        (hours, gettext("%(number)d h")),
        (minutes, gettext("%(number)d min")),
    ]
    said = [unit % {"number": number} for number, unit in parts if number]
    return " ".join(said[:2]) or gettext("%(number)d min") % {"number": 0}


admin.site.register(Article, ArticleAdmin)
