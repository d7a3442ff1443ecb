from django import template
from django.utils.html import json_script

from articles.icalendar import may_plan
from newsroom.admin import shortcuts
from newsroom.admin.dashboard import piles_for, what_does_not_happen
from newsroom.admin.health import may_see

register = template.Library()


@register.inclusion_tag("admin/_dashboard.html", takes_context=True)
def desk_dashboard(context):
    """What waits for the one who looks, on the first page of the desk."""
    user = context["request"].user
    return {
        "piles": piles_for(user),
        "may_plan": may_plan(user),
        "may_see_health": may_see(user),
        "trouble": what_does_not_happen(user),
    }


@register.simple_tag(takes_context=True)
def shortcuts_for_script(context):
    """The keys of the desk, for the script that obeys them."""
    return json_script(shortcuts.for_script(context["request"].user), "shortcuts")
