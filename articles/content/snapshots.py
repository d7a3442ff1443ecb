"""
Everything an editor can change of an article, as one value: what a revision holds.

A snapshot that was made before something could be changed says nothing of it, and
whatever it says nothing of stays as it is.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from articles.content.html import clean_once, keys_in

# By their names on the article and in the form, in the order of the form.
TEXTS = ["title", "standfirst", "body", "slug", "language"]
PARTS = [
    "title",
    "standfirst",
    "lead_image",
    "body",
    "byline",
    "tags",
    "slug",
    "language",
]
# Of the part `lead_image`, the fields of the article and of the form.
LEAD = ["lead_image", "lead_alt", "lead_caption"]

Snapshot = Mapping[str, Any]


def snapshot(
    *, byline: Iterable, tags: Iterable[str], lead: dict | None, **texts: str
) -> dict[str, Any]:
    """The parts as a revision stores them; `byline` are people in their order, each with a role, `lead` is of `lead_of`."""
    return {
        **texts,
        "lead_image": lead,
        "body": clean_once(texts["body"]),
        "byline": byline_of(byline),
        "tags": list(tags),
    }


def byline_of(credits: Iterable) -> list[dict[str, Any]]:
    """A byline as a revision stores it, of people who are saved, each with a role."""
    return [
        {"person": person.pk, "name": person.name, "role": str(role)}
        for person, role in credits
    ]


def snapshot_of(article) -> dict[str, Any]:
    """What the article itself says."""
    texts = {name: getattr(article, name) for name in TEXTS}
    tags = [tag.name for tag in article.tags.all()]
    credits = article.credits.select_related("person")
    byline = [(credit.person, credit.role) for credit in credits]
    lead = lead_of(article.lead_image_id, article.lead_alt, article.lead_caption)
    return snapshot(byline=byline, tags=tags, lead=lead, **texts)


def lead_of(image: int | None, alt: str = "", caption: str = "") -> dict | None:
    """The picture at the head, by its key, with what is said of it here; None without one."""
    if image is None:
        return None
    return {"image": image, "alt": alt, "caption": caption}


def pictures_in(content: Snapshot) -> list[int]:
    """The keys of the pictures of the library that stand in it, the lead image first."""
    lead = content.get("lead_image")
    return [*([lead["image"]] if lead else []), *keys_in(content.get("body", ""))]


def differing(one: Snapshot, other: Snapshot) -> list[str]:
    """The parts of which both say something, and not the same."""
    return [
        part
        for part in PARTS
        if part in one and part in other and one[part] != other[part]
    ]


def merged(
    base: Snapshot, mine: Snapshot, theirs: Snapshot
) -> tuple[dict[str, Any], list[str]]:
    """
    What comes of two that began from the same one, and the parts that both changed, each otherwise.

    A part that only one side touched is as that side has it. Of a part in conflict,
    mine stands in the result.
    """
    changed_by_me = differing(base, mine)
    changed_by_them = set(differing(base, theirs)) | (theirs.keys() - base.keys())
    result = {**mine}
    conflicts = []
    for part in PARTS:
        if part not in changed_by_them or mine.get(part) == theirs.get(part):
            continue
        if part in changed_by_me or part not in base:
            conflicts.append(part)
        else:
            result[part] = theirs[part]
    return result, conflicts
