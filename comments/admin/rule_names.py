"""The names of the screening rules at the desk, and what each of them finds."""

from django.utils.translation import gettext_lazy as _

NAMES = {
    "decoy": _("Decoy field"),
    "held_thread": _("Held conversation"),
    "muted": _("Muted"),
    "look_alike_staff": _("Name like staff"),
    "look_alike_byline": _("Name like an author"),
    "look_alike_newsroom": _("Name of the newsroom"),
    "banned_terms": _("Banned words"),
    "suspect_terms": _("Suspect words"),
    "links": _("Links"),
    "link_in_name": _("Link in the name"),
    "repeated_text": _("Repeated text"),
    "similar_text": _("Similar text"),
    "flood": _("Many comments at once"),
    "recent_rejections": _("Recent rejections"),
    "heated_thread": _("Heated conversation"),
    "quick_post": _("Quick comment"),
    "unproven_address": _("Unproven address"),
    "new_commenter": _("New commenter"),
    "classifier": _("Classifier"),
    "failed": _("Failed rule"),
}
DESCRIPTIONS = {
    "decoy": _("Comments in which the hidden field is filled in, as bots do"),
    "held_thread": _("Comments on an article whose conversation is held"),
    "muted": _("Comments from people and networks that a moderator has muted"),
    "look_alike_staff": _(
        "Comments by people who are not signed in, under a name like that of a staff member"
    ),
    "look_alike_byline": _(
        "Comments by people who are not signed in, under a name like that of an author"
    ),
    "look_alike_newsroom": _(
        "Comments by people who are not signed in, under a name that speaks for the newsroom"
    ),
    "banned_terms": _("Comments with words from the list of banned words"),
    "suspect_terms": _("Comments with words from the list of suspect words"),
    "links": _("Comments with more links than a comment needs"),
    "link_in_name": _("Comments with a link in the name"),
    "repeated_text": _("Comments with the same text as an earlier one"),
    "similar_text": _("Comments with almost the same text as an earlier one"),
    "flood": _("Many comments from one sender within ten minutes"),
    "recent_rejections": _("Comments from senders with recently rejected comments"),
    "heated_thread": _("Comments in a conversation with many comments in an hour"),
    "quick_post": _("Comments that were sent faster than anyone can type"),
    "unproven_address": _("Comments with the email address of a known reader"),
    "new_commenter": _("Comments from people whom moderators do not trust yet"),
    "classifier": _("Comments with words that are typical of spam"),
}


def name_of_rule(rule: str) -> str:
    """The name of the rule; its identifier if the rule is no longer in use."""
    return str(NAMES.get(rule, rule))


def description_of_rule(rule: str) -> str:
    """What the rule finds; empty if the rule is no longer in use."""
    return str(DESCRIPTIONS.get(rule, ""))
