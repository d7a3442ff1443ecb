"""The list of articles: pills with counts above it, and marks beside the status of a row."""

from dataclasses import dataclass

from django.contrib.admin.views.main import PAGE_VAR
from django.utils.functional import cached_property
from django.utils.html import format_html_join
from django.utils.translation import gettext

from articles.admin.article.filters import STATUS_CHOICES, ArticleStatusFilter
from articles.core.admin.changelist import LongList
from articles.models import Revision, Step

# Articles of a status are counted up to this number.
MOST_COUNTED = 999


@dataclass(frozen=True)
class Pill:
    """A choice of status above the list."""

    label: str
    link: str
    # Empty for all articles, which are not counted.
    count: str = ""
    is_chosen: bool = False


class ArticleList(LongList):
    def get_results(self, request):
        super().get_results(request)
        self.result_list = self.result_list.for_listing().with_standing()

    @cached_property
    def pills(self):
        name = ArticleStatusFilter.parameter_name
        chosen = self.params.get(name)
        everything = Pill(
            gettext("All"),
            self.get_query_string(remove=[name, PAGE_VAR]),
            is_chosen=chosen not in STATUS_CHOICES,
        )
        return [everything] + [
            Pill(
                str(choice.label),
                self.get_query_string({name: value}, remove=[PAGE_VAR]),
                self._count(choice),
                is_chosen=value == chosen,
            )
            for value, choice in STATUS_CHOICES.items()
        ]

    def _count(self, choice):
        found = choice.narrow(self.root_queryset).order_by()
        number = found[: MOST_COUNTED + 1].count()
        return f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number)


def marks_of(article):
    """What stands beside the status of a row: on top, returned, changed since publication."""
    marks = []
    if article.on_top:
        marks.append(gettext("on top"))
    if article.is_draft and article.last_move == Step.What.RETURN:
        marks.append(gettext("returned"))
    if article.status == article.Status.PUBLISHED:
        if article.working_kind == Revision.Kind.DRAFT:
            marks.append(gettext("unpublished changes"))
        elif article.working_kind == Revision.Kind.SCHEDULED:
            marks.append(gettext("changes scheduled"))
    return format_html_join(
        "", ' <span class="on-top">{}</span>', [(m,) for m in marks]
    )
