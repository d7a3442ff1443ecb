"""The parts of an article in words: one table for the desk, for readers and for sentences."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class PartName:
    """
    The names of one part of a snapshot.

    `label` is what the desk's form and diffs call it, `for_readers` what the public list of
    versions calls it, `in_sentence` how it is called in the middle of a sentence.
    """

    label: "StrOrPromise"
    for_readers: "StrOrPromise"
    in_sentence: "StrOrPromise"


# By the names of articles.content.snapshots.PARTS, in that order.
PART_NAMES = {
    "title": PartName(_("Title"), _("Headline"), _("the headline")),
    "standfirst": PartName(_("Standfirst"), _("Standfirst"), _("the standfirst")),
    "lead_image": PartName(_("Lead image"), _("Lead image"), _("the lead image")),
    "body": PartName(_("Body"), _("Text"), _("the text")),
    "byline": PartName(_("Byline"), _("Byline"), _("the byline")),
    "tags": PartName(_("Tags"), _("Tags"), _("the tags")),
    "slug": PartName(_("Address"), _("Address"), _("the address")),
    "language": PartName(_("Language"), _("Language"), _("the language")),
}
