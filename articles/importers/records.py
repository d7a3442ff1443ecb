"""The result of an importer: an ImportedArticle, or ImportRefused."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ImportedArticle:
    """An article from another source, ready to be saved."""

    title: str
    standfirst: str
    # Article HTML; it is sanitised when the article is saved.
    body: str
    # The format and the source's own id, which identify the article in a second import.
    source: str
    # What `source` may have been in earlier releases.
    former_sources: tuple[str, ...] = ()
    # Lines of the source that belong to its old page and not to the article.
    left_out: tuple[str, ...] = ()


class ImportRefused(Exception):
    """Raised for what cannot be imported, with a sentence for the person who tried."""
