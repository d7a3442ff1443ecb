from django import template
from django.utils.formats import date_format
from django.utils.html import format_html, json_script
from django.utils.timezone import localtime

from articles.public.ical import may_plan
from newsroom.accounts import second_factor
from newsroom.admin import shortcuts
from newsroom.admin.dashboard import dashboard_lists_for, overdue_jobs_warning
from newsroom.admin.health import may_see

register = template.Library()


@register.inclusion_tag("admin/_dashboard.html", takes_context=True)
def desk_dashboard(context):
    """The dashboard on the first page of the desk."""
    user = context["request"].user
    return {
        "piles": dashboard_lists_for(user),
        "may_plan": may_plan(user),
        "may_see_health": may_see(user),
        "trouble": overdue_jobs_warning(user),
    }


@register.simple_tag(takes_context=True)
def shortcuts_for_script(context):
    """The keyboard shortcuts of the desk, for their script."""
    return json_script(shortcuts.for_script(context["request"].user), "shortcuts")


@register.filter
def lacks_second_factor(user):
    """Whether to ask the account to add a second factor: it has none and could have one."""
    return second_factor.is_on() and not second_factor.has_one(user)


def exact(local):
    """A local time to the second, with its zone."""
    return f"{date_format(local, 'DATE_FORMAT')}, {date_format(local, 'H:i:s e')}"


@register.simple_tag
def moment(at):
    """A time to the minute; its title has the seconds."""
    local = localtime(at)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        local.isoformat(),
        exact(local),
        date_format(local, "SHORT_DATETIME_FORMAT"),
    )
