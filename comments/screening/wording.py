"""The findings of the screening as moderators read them: one sentence for each."""

from django.utils.text import get_text_list

# What each rule asks, to follow “nobody knows whether”.
QUESTIONS = {
    "decoy": "a machine filled in the form",
    "held_thread": "every comment on this article waits",
    "look_alike_staff": "the name looks like that of somebody on the staff",
    "look_alike_byline": "the name looks like that of somebody who signs articles",
    "look_alike_newsroom": "the name speaks for the newsroom",
    "classifier": "the words are like those of spam",
}


def why(signals):
    """Why a comment is where it is, in one sentence made of what the screening found."""
    return " ".join(sentence(signal) for signal in signals)


def sentence(signal):
    """What the signal says, in people's words."""
    words = signal.words.split("\n") if signal.words else []
    names = get_text_list(words, "and")
    said = {
        "decoy": "The field that people do not see was filled in, as machines do.",
        "held_thread": "Every comment on this article waits for a moderator.",
        "look_alike_staff": f"The name looks like that of {names}, who {_is(words)} on the staff and did not sign in.",
        "look_alike_byline": f"The name looks like that of {names}, who {_signs(words)} articles.",
        "look_alike_newsroom": f"The name speaks for the newsroom, as “{names}” would, and nobody signed in.",
        "classifier": f"The classifier finds it {signal.value or 0:.2f} spam{_because_of(words)}.",
        "failed": f"The screening could not do its work: nobody knows whether {_questions(words)}.",
    }
    return said.get(
        signal.rule, f"A rule that is no longer in use, “{signal.rule}”, applied."
    )


def _because_of(words):
    return f" because of: {', '.join(words)}" if words else ""


def _is(words):
    return "is" if len(words) == 1 else "are"


def _signs(words):
    return "signs" if len(words) == 1 else "sign"


def _questions(rules):
    return get_text_list([QUESTIONS.get(rule, rule) for rule in rules], "and")
