"""Parts of test documents, and what tests read from the imported articles."""

import re
from html import unescape

LONG = (
    "The harbour council met on Tuesday evening and agreed, after four hours of argument, "
    "that the old crane should stay where it has stood since 1911."
)
LONGER = (
    "Its members had heard an engineer, two historians and the woman who oils its gears; "
    "nobody in the room could say what it would cost, and nobody seemed to mind."
)
MORE = (
    "The ferry company, which wants the quay for its new terminal, said that it would read "
    "the decision before it said anything about the decision."
)
PAGE_ENDS = ["Leave a Reply", "Older Newer"]


def blocks(article):
    """Pairs of the tag and the text of each block of the body, list items included."""
    found = re.findall(r"<(h2|h3|p|li)>(.*?)</\1>|<(hr)>", article.body)
    return [(tag or rule, unescape(text)) for tag, text, rule in found]


def document(*paragraphs):
    """Blocks with a blank line between them."""
    return "\n\n".join(paragraphs)


def staircase(*paragraphs):
    """Paragraphs on consecutive lines, each indented deeper than the one before."""
    return "\n".join(
        "  " * depth + paragraph for depth, paragraph in enumerate(paragraphs)
    )


def kinds(article):
    return [tag for tag, _ in blocks(article)]


def titles(article):
    return [(tag, text) for tag, text in blocks(article) if tag in {"h2", "h3"}]
