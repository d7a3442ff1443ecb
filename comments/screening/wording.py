"""The findings of the screening in the words of moderators: a sentence for each, and all together."""

import math

from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from articles.core.text.word_list import word_list
from comments.models import Weight
from comments.screening.spam import SURELY_SPAM

# What the heaviest finding did to the comment. Findings that only inform did nothing.
LEADS = {
    Weight.MARKS: _("Marked as spam automatically."),
    Weight.HOLDS: _("Held for a moderator."),
}
# The traits of a text that the classifier names among its words; stored in English.
_TRAITS = {
    "a link": _("a link"),
    "few words": _("few words"),
    "many words": _("many words"),
}


def why(signals):
    """All findings in sentences, heaviest first; empty without findings."""
    heaviest_first = sorted(signals, key=lambda signal: -signal.weight)
    if not heaviest_first:
        return ""
    lead = LEADS.get(heaviest_first[0].weight)
    said = [sentence(signal) for signal in heaviest_first]
    return " ".join([str(lead), *said] if lead else said)


def sentence(signal):
    """The signal as a sentence."""
    words = signal.words.split("\n") if signal.words else []
    value = signal.value or 0
    if signal.rule == "failed":
        return " ".join(str(FAILURES.get(rule, OTHER_FAILURE)) for rule in words)
    if signal.rule == "classifier":
        words = [str(_TRAITS.get(word, word)) for word in words]
    said = _wording(signal.rule, words, value) % {
        "rule": signal.rule,
        "words": word_list(words),
        "names": len(words),
        "number": math.floor(value),
        # For rules that find too little: the least that would have been enough.
        "next_number": math.floor(value) + 1,
        "percent": round(value * 100),
        "limit": _plain(signal.limit or 0),
        "limit_percent": round((signal.limit or 0) * 100),
    }
    return capfirst(said)


def _wording(rule, words, value):
    """The sentence of the rule, with values to fill in."""
    if rule == "muted" and not words:
        return _("Muted by a moderator.")
    if rule == "new_commenter" and not value:
        return _("No approved comments by this person yet.")
    if rule == "classifier":
        verdict = _verdict(value)
        return (_BECAUSE_OF_WORDS if words else _CLASSIFIED)[verdict]
    return _SENTENCES.get(rule, _RULE_IS_GONE)


def _verdict(probability):
    if probability >= SURELY_SPAM:
        return "spam"
    return "unsure" if probability >= 0.5 else "honest"


def _plain(number):
    """A number as people write it: 3 for 3.0, and 0,6 where the comma is the decimal point."""
    return number_format(f"{number:g}")


_CLASSIFIED = {
    "spam": _("Very likely spam."),
    "unsure": _("Possibly spam."),
    "honest": _("Probably not spam."),
}
_BECAUSE_OF_WORDS = {
    # Translators: %(words)s are the words of a comment by which the spam classifier decided.
    "spam": _("Very likely spam (words: %(words)s)."),
    "unsure": _("Possibly spam (words: %(words)s)."),
    "honest": _("Probably not spam (words: %(words)s)."),
}
_RULE_IS_GONE = _("A rule that is no longer in use found something: “%(rule)s”.")
_SENTENCES = {
    "decoy": _("The hidden field was filled in, as bots do."),
    "held_thread": _("All comments on this article wait for a moderator."),
    # Translators: %(words)s are the reasons that moderators gave.
    "muted": _("Muted by a moderator (%(words)s)."),
    # Translators: %(words)s are the names of members of staff.
    "look_alike_staff": ngettext_lazy(
        "The name resembles that of %(words)s, a member of staff, but the sender was not signed in.",
        "The name resembles those of %(words)s, members of staff, but the sender was not signed in.",
        "names",
    ),
    # Translators: %(words)s are the names of authors of articles.
    "look_alike_byline": ngettext_lazy(
        "The name resembles that of %(words)s, an author of this site.",
        "The name resembles those of %(words)s, authors of this site.",
        "names",
    ),
    # Translators: %(words)s are names such as “Moderator” or the name of the site.
    "look_alike_newsroom": _(
        "The name claims to speak for the newsroom (%(words)s), but the sender was not signed in."
    ),
    "banned_terms": ngettext_lazy(
        "Banned word: %(words)s.", "Banned words: %(words)s.", "names"
    ),
    "suspect_terms": ngettext_lazy(
        "Suspect word: %(words)s.", "Suspect words: %(words)s.", "names"
    ),
    "links": ngettext_lazy(
        "%(number)d link (limit: %(limit)s): %(words)s.",
        "%(number)d links (limit: %(limit)s): %(words)s.",
        "number",
    ),
    "link_in_name": _("Link in the name: %(words)s."),
    "repeated_text": ngettext_lazy(
        "Same text as %(number)d other comment in the last day.",
        "Same text as %(number)d other comments in the last day.",
        "number",
    ),
    "similar_text": _(
        "%(percent)d%% similar to another comment in the last day (limit: %(limit_percent)d%%)."
    ),
    "flood": ngettext_lazy(
        "%(number)d comment from the same sender within ten minutes (limit: %(limit)s).",
        "%(number)d comments from the same sender within ten minutes (limit: %(limit)s).",
        "number",
    ),
    "recent_rejections": ngettext_lazy(
        "%(number)d comment from the same person or network rejected within a week.",
        "%(number)d comments from the same person or network rejected within a week.",
        "number",
    ),
    "heated_thread": ngettext_lazy(
        "%(number)d comment in this conversation within an hour (limit: %(limit)s).",
        "%(number)d comments in this conversation within an hour (limit: %(limit)s).",
        "number",
    ),
    "quick_post": ngettext_lazy(
        "Sent less than %(next_number)d second after the page was opened (limit: %(limit)s).",
        "Sent less than %(next_number)d seconds after the page was opened (limit: %(limit)s).",
        "next_number",
    ),
    "unproven_address": _(
        "The email address belongs to a known reader, but the sender has not proved that it is theirs."
    ),
    "new_commenter": ngettext_lazy(
        "%(number)d approved comment by this person so far.",
        "%(number)d approved comments by this person so far.",
        "number",
    ),
}
# What is not known because a rule failed.
OTHER_FAILURE = _("One of the checks failed.")
FAILURES = {
    "decoy": _("The check for automated comments failed."),
    "held_thread": _("The check for held conversations failed."),
    "muted": _("The check for muted people and networks failed."),
    "look_alike_staff": _("The check for names of staff failed."),
    "look_alike_byline": _("The check for names of authors failed."),
    "look_alike_newsroom": _("The check for names that speak for the newsroom failed."),
    "banned_terms": _("The check for banned words failed."),
    "suspect_terms": _("The check for suspect words failed."),
    "links": _("The check for too many links failed."),
    "link_in_name": _("The check for links in the name failed."),
    "repeated_text": _("The check for repeated text failed."),
    "similar_text": _("The check for similar text failed."),
    "flood": _("The check for many comments from one sender failed."),
    "recent_rejections": _("The check for recent rejections failed."),
    "heated_thread": _("The check for heated conversations failed."),
    "quick_post": _("The check for comments sent too quickly failed."),
    "unproven_address": _("The check for unproven email addresses failed."),
    "new_commenter": _("The check whether the person is trusted failed."),
    "classifier": _("The spam classifier failed."),
}
# What the desk shows of a rule until it has descriptions of its own.
