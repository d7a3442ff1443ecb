"""What the form of an article shows and asks when two people changed the same part."""

from dataclasses import dataclass, field

from django.utils.translation import gettext

from articles.content.block_merge import THEIRS, BlockConflict, merge_blocks
from articles.content.html import clean_article
from articles.content.merge_view import diff_of_conflict, text_of
from articles.content.snapshots import LEAD, can_merge_body

# The beginning of the names of the choices between two versions of a block of the body.
BLOCK_CHOICE = "keep_block_"
# Hidden: the body from which both began, as the key of its revision.
BASE_FIELD = "conflict_base"


@dataclass(frozen=True)
class ConflictingText:
    """Two versions of a text: what differs, and whether that is only the formatting."""

    # See articles.content.merge_view.
    pieces: list

    @property
    def only_formatting(self):
        """Whether the words are equal and only the formatting differs."""
        return all(kind == "same" for kind, _text in self.pieces)


@dataclass(frozen=True)
class ConflictingBlock(ConflictingText):
    """One block of the body that two people changed in different ways."""

    mine: str
    theirs: str
    choice: str


@dataclass(frozen=True)
class ConflictingPart(ConflictingText):
    """One part of the article that two people changed in different ways."""

    part: str
    label: str
    # The name of the form field, and the value that the others saved, as it would be typed.
    field: str
    theirs: str
    # Of a body that is merged: only these are asked about.
    blocks: list[ConflictingBlock] = field(default_factory=list)

    @property
    def choice(self):
        return choice_of(self.part)


def choice_of(part):
    """The name of the field that says whose version of the part is kept."""
    return f"keep_{part}"


def conflicting_part(part, label, name, mine, theirs, *, blocks=()):
    """`mine` and `theirs` are values of the form; `name` is the field of the part."""
    texts = mine.get(name, ""), theirs.get(name, "")
    if part == "lead_image":
        texts = (_lead_in_words(mine), _lead_in_words(theirs))
    if part == "body":
        texts = map(text_of, texts)
    return ConflictingPart(
        diff_of_conflict(*texts),
        part,
        label,
        name,
        theirs.get(name, ""),
        [_block(conflict) for conflict in blocks],
    )


def blocks_in_conflict(base, mine, theirs):
    """The blocks of the body that both changed; none if the bodies cannot be merged."""
    if not can_merge_body(base):
        return []
    return merge_blocks(base["body"], mine["body"], theirs["body"]).conflicts


def body_as_chosen(data, base, theirs):
    """The typed body with the other version of those blocks for which it was chosen."""
    choices = {
        name.removeprefix(BLOCK_CHOICE): THEIRS
        for name in data
        if name.startswith(BLOCK_CHOICE) and data.get(name) == THEIRS
    }
    typed = clean_article(data.get("body", ""))
    sides = base["body"], typed, theirs["body"]
    chosen = [each for each in merge_blocks(*sides).conflicts if each.key in choices]
    if not all(each.mine and each.mine in typed for each in chosen):
        # A block that is missing has no place of its own.
        return merge_blocks(*sides, choices=choices).html
    # What the others inserted is in the typed text, and may be corrected there.
    for each in chosen:
        typed = typed.replace(each.mine, each.theirs, 1)
    return typed


def asks_about_blocks(data):
    return any(
        name.startswith(BLOCK_CHOICE) and data.get(name) == THEIRS for name in data
    )


def _block(conflict: BlockConflict):
    return ConflictingBlock(
        diff_of_conflict(text_of(conflict.mine), text_of(conflict.theirs)),
        conflict.mine,
        conflict.theirs,
        f"{BLOCK_CHOICE}{conflict.key}",
    )


def _lead_in_words(typed):
    image, alt, caption = (str(typed.get(name) or "") for name in LEAD)
    return "\n".join(
        filter(
            None,
            [image and gettext("Picture %(number)s") % {"number": image}, alt, caption],
        )
    )
