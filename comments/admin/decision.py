from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from articles.admin.listing import LongListMixin
from articles.admin.neighbours import NeighboursMixin
from articles.admin.records import RecordMixin
from comments.admin import columns
from comments.admin.filters import DateFilter
from comments.models import Decision


@admin.register(Decision)
class DecisionAdmin(RecordMixin, LongListMixin, NeighboursMixin, admin.ModelAdmin):
    """The log of what was decided."""

    list_display = ["at", "who", "decision", "reason", "subject", "article"]
    list_filter = [("at", DateFilter), "reason"]
    list_select_related = ["comment__article"]
    sortable_by = []
    search_fields = ["by_name", "comment__article__title", "reason", "note"]
    search_help_text = "Moderator, article, reason or note"
    actions = None
    fields = [
        "at",
        "who",
        "decision",
        "reason",
        "note",
        "subject",
        "text_revision",
        "article",
    ]
    readonly_fields = fields

    def get_queryset(self, request):
        bodies = ["comment__body", "comment__article__body"]
        return super().get_queryset(request).defer(*bodies)

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(
            request, {"title": "Decisions", **(extra_context or {})}
        )

    @admin.display(description="Moderator")
    def who(self, decision):
        return columns.name(decision.who)

    @admin.display(description="Decision")
    def decision(self, decision):
        return decision.in_words

    @admin.display(description="Comment")
    def subject(self, decision):
        address = reverse("admin:comments_comment_change", args=[decision.comment_id])
        return format_html(
            '<a href="{}">Comment {} by {}</a>',
            address,
            decision.comment_id,
            columns.name(decision.comment.name),
        )

    @admin.display(description="Article")
    def article(self, decision):
        return decision.comment.article
