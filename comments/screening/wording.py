"""The findings of the screening in words: a phrase for each, and one sentence for all."""

from django.utils.text import get_text_list

from comments.models import Weight

# The question that each rule answers, in words that follow “nobody knows whether”.
QUESTIONS = {
    "decoy": "a machine filled in the form",
    "held_thread": "every comment on this article waits",
    "muted": "a moderator has muted the person or the network",
    "look_alike_staff": "the name looks like that of somebody on the staff",
    "look_alike_byline": "the name looks like that of somebody who signs articles",
    "look_alike_newsroom": "the name speaks for the newsroom",
    "banned_terms": "there are banned words in it",
    "suspect_terms": "there are suspect words in it",
    "links": "there are more links in it than a comment needs",
    "link_in_name": "there is a link in the name",
    "repeated_text": "the same words were sent before",
    "similar_text": "nearly the same words were sent before",
    "flood": "one sender sends many comments within ten minutes",
    "recent_rejections": "comments of the same sender were rejected of late",
    "heated_thread": "much is said in this conversation within an hour",
    "quick_post": "it was sent sooner than anybody types",
    "unproven_address": "the address is that of a reader who is known",
    "new_commenter": "moderators trust the person already",
    "classifier": "the words are like those of spam",
}
# What the heaviest finding did to the comment.
LEADS = {
    Weight.MARKS: "Marked as spam",
    Weight.HOLDS: "Held",
    Weight.INFORMS: "Noticed",
}


def why(signals):
    """All findings in one sentence, heaviest first; empty without findings."""
    heaviest_first = sorted(signals, key=lambda signal: -signal.weight)
    if not heaviest_first:
        return ""
    lead = LEADS[heaviest_first[0].weight]
    return f"{lead}: {'; '.join(map(phrase, heaviest_first))}."


def sentence(signal):
    """The signal as a sentence."""
    said = phrase(signal)
    return f"{said[0].upper()}{said[1:]}."


def phrase(signal):
    """The signal as a phrase, without capital and full stop."""
    words = signal.words.split("\n") if signal.words else []
    say = _PHRASES.get(signal.rule)
    if say is None:
        return f"a rule that is no longer in use, “{signal.rule}”, applied"
    return say(words, signal.value or 0, signal.limit or 0)


def _new_commenter(words, approvals, limit):
    if not approvals:
        return "first comment of this person"
    return f"{_number(approvals, 'approved comment')} of this person so far"


def _classifier(words, value, limit):
    because = f" because of: {', '.join(words)}" if words else ""
    return f"the classifier finds it {value:.2f} spam{because}"


def _listed(kind):
    return lambda words, value, limit: (
        f"{kind} {'words' if len(words) > 1 else 'word'}: {', '.join(words)}"
    )


def _number(value, thing):
    return f"{value:g} {thing}{'' if value == 1 else 's'}"


_PHRASES = {
    "decoy": lambda words, value, limit: (
        "the field that people do not see was filled in, as machines do"
    ),
    "held_thread": lambda words, value, limit: (
        "every comment on this article waits for a moderator"
    ),
    "muted": lambda words, value, limit: (
        f"muted by a moderator ({'; '.join(words) or 'without a reason'})"
    ),
    "look_alike_staff": lambda words, value, limit: (
        f"the name looks like that of {get_text_list(words, 'and')}, who "
        f"{'is' if len(words) == 1 else 'are'} on the staff and did not sign in"
    ),
    "look_alike_byline": lambda words, value, limit: (
        f"the name looks like that of {get_text_list(words, 'and')}, who "
        f"{'signs' if len(words) == 1 else 'sign'} articles"
    ),
    "look_alike_newsroom": lambda words, value, limit: (
        f"the name speaks for the newsroom, as “{get_text_list(words, 'and')}” would, "
        "and nobody signed in"
    ),
    "banned_terms": _listed("banned"),
    "suspect_terms": _listed("suspect"),
    "links": lambda words, value, limit: (
        f"{_number(value, 'link')} (limit {limit:g}): {', '.join(words)}"
    ),
    "link_in_name": lambda words, value, limit: (
        f"a link in the name: {', '.join(words)}"
    ),
    "repeated_text": lambda words, value, limit: (
        f"the same words as in {_number(value, 'other comment')} of the last day"
    ),
    "similar_text": lambda words, value, limit: (
        f"{value:.2f} like another comment of the last day (limit {limit:g})"
    ),
    "flood": lambda words, value, limit: (
        f"{_number(value, 'comment')} of one sender within ten minutes (limit {limit:g})"
    ),
    "recent_rejections": lambda words, value, limit: (
        f"{_number(value, 'comment')} of the same person or network rejected within a week"
    ),
    "heated_thread": lambda words, value, limit: (
        f"{_number(value, 'comment')} in this conversation within an hour (limit {limit:g})"
    ),
    "quick_post": lambda words, value, limit: (
        f"sent {_number(round(value, 1), 'second')} after the page was opened (limit {limit:g})"
    ),
    "unproven_address": lambda words, value, limit: (
        "address of a known reader, not proven"
    ),
    "new_commenter": _new_commenter,
    "classifier": _classifier,
    "failed": lambda words, value, limit: (
        "the screening could not do its work: nobody knows whether "
        f"{get_text_list([QUESTIONS.get(rule, rule) for rule in words], 'and')}"
    ),
}
