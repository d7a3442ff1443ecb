from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect, StreamingHttpResponse
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from articles.core.admin.changelist import LongListMixin
from articles.core.admin.prev_next import NeighboursMixin
from articles.core.admin.read_only import RecordMixin
from comments.admin import columns
from comments.admin.filters import DateFilter
from comments.models import Comment, Decision
from comments.stats.csv import lines_of_csv

# At most this many rows, the newest, go into the CSV file.
MOST_CSV_ROWS = 50_000
CSV_COLUMNS = [
    _("Time"),
    _("Moderator"),
    _("Decision"),
    _("Status before"),
    _("Status after"),
    _("Reason"),
    _("Author told"),
    _("Explanation"),
    _("Internal note"),
    _("Comment"),
    # Translators: the number of the version of a comment’s text.
    _("Text version"),
    _("Article"),
]


@admin.register(Decision)
class DecisionAdmin(RecordMixin, LongListMixin, NeighboursMixin, admin.ModelAdmin):
    """The log of decisions."""

    list_display = ["at", "who", "decision", "reason", "subject", "article"]
    list_filter = [("at", DateFilter), "what", "reason"]
    list_select_related = ["comment__article"]
    sortable_by = []
    search_fields = [
        "by_name",
        "comment__name",
        "comment__article__title",
        "reason",
        "explanation",
        "note",
    ]
    search_help_text = _("Moderator, commenter, article, reason or text")
    actions = None
    fields = [
        "at",
        "who",
        "decision",
        "reason",
        "explanation",
        "told",
        "note",
        "subject",
        "text_revision",
        "article",
    ]
    readonly_fields = fields

    def get_queryset(self, request):
        bodies = ["comment__body", "comment__article__body"]
        return super().get_queryset(request).defer(*bodies)

    def get_search_fields(self, request):
        # Only moderators see email addresses, so only they search by them.
        more = ["comment__email"] if _is_moderator(request) else []
        return [*self.search_fields, *more]

    def get_urls(self):
        table = self.admin_site.admin_view(self.table_view)
        return [
            path("table.csv", table, name="comments_decision_table"),
            *super().get_urls(),
        ]

    def table_view(self, request):
        """The list with its filters as a CSV file: the newest MOST_CSV_ROWS decisions."""
        if not (self.has_view_permission(request) and _is_moderator(request)):
            raise PermissionDenied
        try:
            decisions = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            # An invalid filter is answered as the list itself answers it.
            return HttpResponseRedirect(
                f"{reverse('admin:comments_decision_changelist')}?e=1"
            )
        rows = map(_row, decisions[:MOST_CSV_ROWS].iterator(chunk_size=1000))
        response = StreamingHttpResponse(
            in_one_language(lines_of_csv(CSV_COLUMNS, rows)),
            content_type="text/csv; charset=utf-8",
        )
        response.headers["Content-Disposition"] = 'attachment; filename="decisions.csv"'
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(
            request,
            {
                "title": _("Decisions"),
                "table": _is_moderator(request) and _table_address(request),
                "most_rows": MOST_CSV_ROWS,
                **(extra_context or {}),
            },
        )

    @admin.display(description=_("Moderator"))
    def who(self, decision):
        return columns.name(decision.who)

    @admin.display(description=_("Decision"))
    def decision(self, decision):
        return decision.in_words

    @admin.display(description=_("Comment"))
    def subject(self, decision):
        address = reverse("admin:comments_comment_change", args=[decision.comment_id])
        return format_html(
            '<a href="{}">{}</a>',
            address,
            columns.comment_by(decision.comment_id, decision.comment.name),
        )

    @admin.display(description=_("Article"))
    def article(self, decision):
        return decision.comment.article


def _is_moderator(request):
    return request.user.has_perm("comments.moderate_comment")


def _table_address(request):
    address = reverse("admin:comments_decision_table")
    query = request.GET.urlencode()
    return f"{address}?{query}" if query else address


def _row(decision):
    """One decision as a row of the file, without any text of the comment."""
    return [
        timezone.localtime(decision.at).isoformat(timespec="seconds"),
        decision.who,
        # Translators: what a moderator did with an earlier decision.
        pgettext_lazy("decision", "undone")
        if decision.undoes_id
        else decision.get_what_display(),
        _status(decision.from_status),
        _status(decision.to_status),
        decision.get_reason_display(),
        pgettext_lazy("answer", "yes")
        if decision.told
        else pgettext_lazy("answer", "no"),
        decision.explanation,
        decision.note,
        decision.comment_id,
        decision.text_revision,
        decision.comment.article.title,
    ]


def in_one_language(lines):
    """The lines, made in the language of now although they are sent later."""
    return _made_in(translation.get_language(), iter(lines))


def _made_in(language, lines):
    while True:
        with translation.override(language):
            line = next(lines, None)
        if line is None:
            return
        yield line


def _status(status):
    """The status in words; as it is stored if there is no such status any more."""
    return dict(Comment.Status.choices).get(status, status)
