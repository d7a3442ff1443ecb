"""The input of the screening (Posted) and its output (Finding)."""

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
    """What moderators changed for one rule; None means the rule's default."""

    limit: float | None = None
    weight: Weight | None = None


@dataclass(frozen=True)
class Earlier:
    """An earlier comment."""

    key: int
    at: datetime
    # Empty where no rule compares the text.
    body: str = ""
    repeat_key: str | None = None
    is_from_sender: bool = False


@dataclass(frozen=True)
class Posted:
    """A comment as it was sent, and everything else that the rules look at."""

    name: str
    body: str
    # The moderator who wrote it signed in.
    by: Account | None = None
    at: datetime | None = None
    fell_for_the_decoy: bool = False
    thread_is_held: bool = False
    site_name: str = ""
    staff: tuple[Account, ...] = ()
    # Names in bylines that look like this one.
    bylines: tuple[str, ...] = ()
    # What the classifier knows of the words of this comment, and whether somebody has
    # allowed it to do more than inform.
    learnt: Table = field(default_factory=Table)
    classifier_holds: bool = False
    classifier_marks: bool = False
    # By the name of the rule.
    settings: Mapping[str, Setting] = field(default_factory=dict)
    # The terms of the word list that occur in it, folded.
    banned: tuple[str, ...] = ()
    suspect: tuple[str, ...] = ()
    # About the proved author, if there is one: their key, the key of their mailbox if it is
    # at the typed address, the number of their approved comments, and whether new ones
    # need not wait.
    commenter: int | None = None
    mailbox: int | None = None
    approvals: int = 0
    is_trusted: bool = False
    # Whether the typed address belongs to a known reader who is not the proved author.
    has_address_of_another: bool = False
    # The reasons of mutes of the person or the network.
    mutes: tuple[str, ...] = ()
    # Recent comments of the same sender, and the newest ones on the whole site.
    earlier: tuple[Earlier, ...] = ()
    # The number of comments in the conversation within the last hour, counted up to a bound.
    said_lately: int = 0
    # The number of the sender's comments rejected within the last days, counted likewise.
    rejected_lately: int = 0
    # As measured by the sender's browser; None if it was not.
    seconds_on_page: float | None = None


@dataclass(frozen=True)
class Finding:
    """What one rule found: the measured value, its limit, and the words that matched."""

    rule: str
    value: float | None = None
    limit: float | None = None
    words: tuple[str, ...] = ()
    # What it does to the comment; None means the weight of the rule, see Rule.found_in.
    weight: Weight | None = None
