"""What goes into the screening, and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from comments.classifier.bayes import Table
from comments.models import Weight


@dataclass(frozen=True)
class Account:
    """A member of staff."""

    user_name: str
    full_name: str = ""

    @property
    def names(self) -> set[str]:
        return {self.user_name, self.full_name} - {""}

    def __str__(self) -> str:
        return self.full_name or self.user_name


@dataclass(frozen=True)
class Setting:
    """What moderators set differently for one rule; None where it is as it comes."""

    limit: float | None = None
    weight: Weight | None = None


@dataclass(frozen=True)
class Earlier:
    """A comment that came before."""

    key: int
    at: datetime
    # Empty where nothing is asked of its words.
    body: str = ""
    repeat_key: str | None = None
    is_from_sender: bool = False


@dataclass(frozen=True)
class Posted:
    """A comment as it was sent, and what was there before it."""

    name: str
    body: str
    # The moderator who wrote it signed in.
    by: Account | None = None
    at: datetime | None = None
    fell_for_the_decoy: bool = False
    thread_is_held: bool = False
    site_name: str = ""
    staff: tuple[Account, ...] = ()
    # The names of bylines that this one may be taken for.
    bylines: tuple[str, ...] = ()
    # What the classifier knows of the words of this comment, and whether a person let it
    # do more than inform.
    learnt: Table = field(default_factory=Table)
    classifier_holds: bool = False
    classifier_marks: bool = False
    # By the name of the rule.
    settings: Mapping[str, Setting] = field(default_factory=dict)
    # The terms of moderators that stand in it, folded.
    banned: tuple[str, ...] = ()
    suspect: tuple[str, ...] = ()
    # Of the person who has shown that they wrote it, if there is one: their key, that of
    # their mailbox if it is at the address that was typed, how many comments of theirs
    # moderators have approved, and whether new ones need not wait.
    commenter: int | None = None
    mailbox: int | None = None
    approvals: int = 0
    is_trusted: bool = False
    # Whether the address that was typed is that of a reader whom we know, and nobody has
    # shown that this is them.
    has_address_of_another: bool = False
    # Why moderators have muted the person or the network.
    mutes: tuple[str, ...] = ()
    # What the same sender sent of late, and what was said on the whole site just before.
    earlier: tuple[Earlier, ...] = ()
    # How many comments came to the conversation within the last hour, counted up to a bound,
    said_lately: int = 0
    # and how many of the same sender moderators have rejected within some days.
    rejected_lately: int = 0
    # As the sender's browser measured it; None where it did not.
    seconds_on_page: float | None = None


@dataclass(frozen=True)
class Finding:
    """What one rule found: how much of what it measures, how much is allowed, and the words that matched."""

    rule: str
    value: float | None = None
    limit: float | None = None
    words: tuple[str, ...] = ()
    # What it does to the comment; None until it is known, see rules.look_at.
    weight: Weight | None = None
