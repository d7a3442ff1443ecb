from django import template
from django.utils.formats import date_format
from django.utils.html import format_html, json_script
from django.utils.timezone import localtime

from newsroom.accounts import second_factor
from newsroom.admin import shortcuts
from newsroom.admin.crumbs import crumbs_of
from newsroom.admin.dashboard import (
    Dashboard,
    dashboard_lists_for,
    greeting_for,
    overdue_jobs_warning,
)
from newsroom.admin.navigation import navigation_of

register = template.Library()


@register.simple_tag(takes_context=True)
def desk_dashboard(context):
    """The dashboard of the user."""
    return Dashboard(dashboard_lists_for(context["request"].user))


@register.simple_tag(takes_context=True)
def overdue_jobs(context):
    """A warning about overdue background jobs, or nothing."""
    return overdue_jobs_warning(context["request"].user)


@register.simple_tag(takes_context=True)
def greeting(context):
    """“Good morning, Ana”."""
    return greeting_for(context["request"].user)


@register.simple_tag(takes_context=True)
def desk_navigation(context):
    """The sidebar of the desk for this request."""
    return navigation_of(context["request"])


@register.simple_tag(takes_context=True)
def crumbs(context):
    """The links from the list to what the page belongs to."""
    shown = context.get("original") or context.get("object")
    return crumbs_of(context["request"], shown)


@register.simple_tag(takes_context=True)
def shortcuts_for_script(context):
    """The keyboard shortcuts of the desk, for their script."""
    return json_script(shortcuts.for_script(context["request"].user), "shortcuts")


@register.filter
def has_chosen_filters(cl):
    """Whether the list is narrowed by a filter under the heading “Filters”."""
    names = {
        name
        for spec in cl.filter_specs
        if not getattr(spec, "is_shown_as_pills", False)
        for name in spec.expected_parameters()
    }
    return any(name in cl.params for name in names)


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
