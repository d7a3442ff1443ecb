"""The desk's page about `tick`: whether the background jobs run."""

from datetime import timedelta

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.models import Revision
from newsroom.backup.schedule import newest_backup
from newsroom.models import Ticking
from newsroom.ticking import JOBS, LATE_AFTER, name_of_job, words_for

MINUTE = timedelta(minutes=1)
# This many overdue changes are listed.
OVERDUE_SHOWN = 20


def may_see(user):
    """Users who schedule articles, because they rely on the jobs."""
    return user.has_perm("articles.publish_article")


@require_safe
def health_page(request):
    if not may_see(request.user):
        raise PermissionDenied
    ticking = Ticking.objects.last_seen()
    late = timezone.now() - LATE_AFTER
    overdue = Revision.objects.due().filter(publish_at__lt=late)
    context = {
        "title": _("Background jobs"),
        "ticking": ticking,
        "is_fresh": ticking.at and ticking.at > timezone.now() - MINUTE,
        "jobs": [
            {"words": words_for(job), **ticking.of(name_of_job(job))} for job in JOBS
        ],
        "makes_backups": settings.BACKUP_DIR is not None,
        "backup": newest_backup(),
        "overdue": overdue.for_listing().select_related("article")[:OVERDUE_SHOWN],
    }
    request.current_app = admin.site.name
    return TemplateResponse(
        request,
        "admin/health.html",
        {**admin.site.each_context(request), **context},
    )


health_urls = [path("", admin.site.admin_view(health_page), name="desk_health")]
