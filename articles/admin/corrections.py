"""Correction requests by readers, and the corrections that were published."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from articles.core.admin.changelist import LongListMixin
from articles.core.admin.prev_next import NeighboursMixin
from articles.core.admin.read_only import RecordMixin
from articles.core.text.counting import shortened
from articles.models import Correction, CorrectionRequest, TransitionError

LONGEST_REPLY = 2000

# Name in the address: label, and the queryset method.
REQUEST_LISTS = {
    "open": (pgettext_lazy("correction request", "Open"), "open"),
    "answered": (_("Answered by a correction"), "answered"),
    "closed": (_("Closed without a correction"), "closed"),
    "all": (pgettext_lazy("correction requests", "All"), "all"),
}
STATES = {
    "open": pgettext_lazy("correction request", "Open"),
    "answered": pgettext_lazy("correction request", "Answered"),
    "closed": pgettext_lazy("correction request", "Closed"),
}


class StateFilter(admin.SimpleListFilter):
    """Shows open requests, unless the editor picks another state or searches all of them."""

    title = _("status")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [(name, label) for name, (label, word) in REQUEST_LISTS.items()]

    def choices(self, changelist):
        for value, words in self.lookup_choices:
            yield {
                "selected": value == chosen_state(self.request),
                "query_string": changelist.get_query_string({"state": value}),
                "display": words,
            }

    def queryset(self, request, requests):
        label, word = REQUEST_LISTS[chosen_state(request)]
        return getattr(requests, word)()


def chosen_state(request):
    unsaid = "all" if request.GET.get("q") else "open"
    chosen = request.GET.get("state")
    return chosen if chosen in REQUEST_LISTS else unsaid


class CloseForm(forms.Form):
    """What an editor writes when closing a request without a correction."""

    reply = forms.CharField(
        label=_("Answer to the reader"),
        required=False,
        max_length=LONGEST_REPLY,
        help_text=_("Shown on the private page of this request. Optional."),
        widget=forms.Textarea({"rows": 4, "dir": "auto"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)


@admin.register(CorrectionRequest)
class CorrectionRequestAdmin(LongListMixin, NeighboursMixin, admin.ModelAdmin):
    """Where editors answer the correction requests of readers."""

    list_display = ["words", "about", "state_in_colour", "sent"]
    list_filter = [StateFilter]
    sortable_by = []
    search_fields = ["text", "article__title"]
    search_help_text = _("Text or article")
    actions = None
    change_form_template = "admin/articles/correctionrequest/change_form.html"

    # Permissions. Readers send requests; nobody deletes them, and the only change is to close one.

    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) and _may_publish(request)

    def has_change_permission(self, request, obj=None):
        return self.has_view_permission(request, obj)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def lookup_allowed(self, lookup, value, request):
        # The network of a request is for counting. A filter typed by hand must not reveal it.
        if lookup.split("__")[0] == "network":
            return False
        return super().lookup_allowed(lookup, value, request)

    # The list

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .select_related("article", "answer")
            .defer("article__body")
        )

    def get_ordering(self, request):
        """The oldest open request first; in every other list the newest first."""
        if chosen_state(request) == "open":
            return ["created_at", "id"]
        return ["-created_at", "-id"]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(
            request, {"title": gettext("Correction requests"), **(extra_context or {})}
        )

    @admin.display(description=_("Request"))
    def words(self, asked):
        return format_html(
            '<span dir="auto">{}</span>',
            shortened(" ".join(asked.text.split()), 300),
        )

    @admin.display(description=_("Article"))
    def about(self, asked):
        return link_to(asked.article)

    @admin.display(description=_("Status"))
    def state_in_colour(self, asked):
        return format_html(
            '<span class="status status--{}">{}</span>',
            asked.state,
            STATES[asked.state],
        )

    @admin.display(description=_("Sent"))
    def sent(self, asked):
        return moment(asked.created_at)

    # The form

    def change_view(self, request, object_id, form_url="", extra_context=None):
        asked = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, asked):
            raise PermissionDenied
        if asked is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method == "POST":
            return self._close(request, asked, CloseForm(request.POST))
        return self._form_page(request, asked, CloseForm())

    def get_view_on_site_url(self, obj=None):
        """None: only the reader who sent the request may know its page."""

    def _close(self, request, asked, form):
        if not form.is_valid():
            return self._form_page(request, asked, form, status=422)
        successor = self.neighbours(request, asked).next
        try:
            asked.close(reply=form.cleaned_data["reply"], by=request.user)
        except TransitionError as error:
            form.add_error(None, str(error))
            return self._form_page(request, asked, form, status=409)
        self.message_user(
            request,
            gettext("The request about “%(article)s” is closed without a correction.")
            % {"article": asked.article},
            messages.SUCCESS,
        )
        return self.response_next(request, successor)

    def _form_page(self, request, asked, form, *, status=200):
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Correction request"),
            "subtitle": None,
            "original": asked,
            "object_id": str(asked.pk),
            "is_popup": False,
            "to_field": None,
            "media": self.media,
            "adminform": helpers.AdminForm(form, [], {}, model_admin=self),
            "errors": helpers.AdminErrorList(form, []),
            "inline_admin_formsets": [],
            "preserved_filters": self.get_preserved_filters(request),
            "asked": asked,
            "state": STATES[asked.state],
            "article": asked.article,
            "form": form,
            "correct": _address_of_correcting(asked),
        }
        response = self.render_change_form(request, context, change=True, obj=asked)
        response.status_code = status
        return response


@admin.register(Correction)
class CorrectionAdmin(RecordMixin, LongListMixin, NeighboursMixin, admin.ModelAdmin):
    """The log of corrections: what was corrected, by whom and when."""

    list_display = ["sent", "kind", "about", "words", "who"]
    list_filter = ["kind"]
    list_select_related = ["article"]
    sortable_by = []
    search_fields = ["text", "article__title", "by_name"]
    search_help_text = _("Text, article or editor")
    actions = None
    fields = ["sent", "kind", "about", "text", "who"]
    readonly_fields = fields

    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) and _may_publish(request)

    def get_queryset(self, request):
        return super().get_queryset(request).defer("article__body")

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(
            request, {"title": gettext("Corrections"), **(extra_context or {})}
        )

    @admin.display(description=pgettext_lazy("time", "Published"))
    def sent(self, correction):
        return moment(correction.at)

    @admin.display(description=_("Article"))
    def about(self, correction):
        return link_to(correction.article)

    @admin.display(description=_("Text"))
    def words(self, correction):
        return format_html(
            '<span dir="auto">{}</span>', shortened(correction.text, 300)
        )

    @admin.display(description=_("By"))
    def who(self, correction):
        return correction.who


def open_requests_of(article):
    """The number of open requests about the article, and the address of their list."""
    query = urlencode({"state": "open", "article__id__exact": article.pk})
    return {
        "number": article.correction_requests.open().count(),
        "address": f"{reverse('admin:articles_correctionrequest_changelist')}?{query}",
    }


def link_to(article):
    """A link to the article: its public page if readers see it, else its page at the desk."""
    if article.is_visible:
        return format_html(
            '<a href="{}" dir="auto">{}</a>', article.get_absolute_url(), article
        )
    return format_html(
        '<a href="{}" dir="auto">{}</a> <span class="quiet">({})</span>',
        reverse("admin:articles_article_change", args=[article.pk]),
        article,
        article.status_in_words,
    )


def moment(at):
    at = timezone.localtime(at)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.isoformat(),
        formats.date_format(at, "DATETIME_FORMAT"),
        formats.date_format(at, "SHORT_DATETIME_FORMAT"),
    )


def _may_publish(request):
    return request.user.has_perm("articles.publish_article")


def _address_of_correcting(asked):
    """
    Where a correction that answers the request is published.

    None when readers cannot see the article.
    """
    if not (asked.is_open and asked.article.is_visible):
        return ""
    step = reverse("admin:articles_article_step", args=[asked.article_id, "correct"])
    return f"{step}?{urlencode({'answers': asked.pk})}"
