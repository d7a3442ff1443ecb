"""What an importer hands over, and how it says no."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ImportedArticle:
    """One article as its source has it, ready to be saved."""

    title: str
    standfirst: str
    # Article HTML; it is sanitised when the article is saved.
    body: str
    # The format and the source's own id: what makes a second import a repeat.
    source: str
    # Lines of the source that belong to its old page and not to the article.
    left_out: tuple[str, ...] = ()


class ImportRefused(Exception):
    """Something that cannot be imported, with a sentence for the person who tried."""
