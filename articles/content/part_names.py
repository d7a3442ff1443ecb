"""The parts of an article in words: one table for the desk, for readers and for sentences."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PartName:
    """
    The names of one part of a snapshot.

    `label` is what the desk's form and diffs call it, `for_readers` what the public list of
    versions calls it. `in_sentence` is the readers' name with its article.
    """

    label: str
    for_readers: str

    @property
    def in_sentence(self) -> str:
        return f"the {self.for_readers.lower()}"


# By the names of articles.content.snapshots.PARTS, in that order.
PART_NAMES = {
    "title": PartName("Title", "Headline"),
    "standfirst": PartName("Standfirst", "Standfirst"),
    "lead_image": PartName("Lead image", "Lead image"),
    "body": PartName("Body", "Text"),
    "byline": PartName("Byline", "Byline"),
    "tags": PartName("Tags", "Tags"),
    "slug": PartName("Address", "Address"),
    "language": PartName("Language", "Language"),
}
