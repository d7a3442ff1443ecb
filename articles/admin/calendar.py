"""The calendar of the desk: articles that are planned, scheduled, or have no day yet."""

import re

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from articles.core import months
from articles.models import Article, CalendarAddress
from articles.public.ical import may_plan
from articles.publishing import planning

MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


@require_safe
def calendar_page(request):
    _require_planning(request)
    span = _month_asked_for(request)
    articles = Article.objects.on_desk_of(request.user)
    entries, is_cut_short = planning.entries_of(articles, span)
    address = CalendarAddress.objects.filter(user=request.user).first()
    context = {
        "title": _("Calendar"),
        "month": span.start,
        "previous": _adjacent_month(span, -1),
        "next": _adjacent_month(span, 1),
        "weeks": planning.weeks_of(span, entries),
        "is_empty": not entries,
        "is_cut_short": is_cut_short,
        "undated": articles.undated().defer("body")[: planning.UNDATED_SHOWN],
        "address": address and settings.SITE_URL + address.get_absolute_url(),
    }
    request.current_app = admin.site.name
    return TemplateResponse(
        request,
        "admin/articles/calendar.html",
        {**admin.site.each_context(request), **context},
    )


@require_POST
def new_address(request):
    """Give the user a new private calendar address. The old address stops working."""
    _require_planning(request)
    CalendarAddress.objects.renew(request.user)
    messages.success(
        request,
        _("This is your private address. If you had one before, it no longer works."),
    )
    return HttpResponseRedirect(reverse("desk_calendar"))


def _require_planning(request):
    if not may_plan(request.user):
        raise PermissionDenied


def _month_asked_for(request):
    asked = request.GET.get("month")
    if not asked:
        today = timezone.localdate()
        return months.month(today.year, today.month)
    match = MONTH.fullmatch(asked)
    span = match and months.month(int(match[1]), int(match[2]))
    if span is None:
        raise Http404(_("The calendar does not have this month."))
    return span


def _adjacent_month(span, step):
    """The first moment of the month before or after; None when `datetime` cannot hold it."""
    year, month = divmod(span.start.year * 12 + span.start.month - 1 + step, 12)
    beside = months.month(year, month + 1)
    return beside and beside.start


calendar_urls = [
    path("", admin.site.admin_view(calendar_page), name="desk_calendar"),
    path("address/", admin.site.admin_view(new_address), name="desk_calendar_address"),
]
