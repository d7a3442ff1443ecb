"""Template filters of the moderators' pages."""

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from comments.admin import columns
from comments.models.thread import policy_in_words
from comments.moderation.reputation import MOST_COUNTED

register = template.Library()


@register.filter
def time_ago(at):
    """“3 hours ago”, with the exact time in its title."""
    return columns.time_with_title(at, columns.ago(at))


register.filter("wait", columns.wait)
register.filter("policy_in_words", policy_in_words)


@register.filter
def time_waiting(at):
    """“Waiting for 12 days”, with the exact time in its title."""
    return columns.time_with_title(at, columns.waiting_since(at))


@register.filter
def up_to_most(number):
    """A number that is counted no further than just beyond MOST_COUNTED: “12” or “100+”."""
    if number > MOST_COUNTED:
        return f"{number_format(MOST_COUNTED)}+"
    return number_format(number)


@register.filter
def percent(number):
    """A whole number as a percentage: “50%”."""
    # Translators: a percentage, such as 50%.
    return _("%(number)s%%") % {"number": number_format(number)}
