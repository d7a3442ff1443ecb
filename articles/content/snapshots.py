"""
Snapshots: everything that an editor can change in an article, as one value.

A snapshot is a dict from PARTS to their values, and a revision stores one. A snapshot that
is older than a part lacks it; applying such a snapshot leaves that part as it is.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from articles.content.block_merge import blocks_of, merge_blocks
from articles.content.html import clean_once, keys_in

# The names of parts on the article and in the form, in the order of the form.
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
# The fields of the article and of the form that make up the part `lead_image`.
LEAD = ["lead_image", "lead_alt", "lead_caption"]

Snapshot = Mapping[str, Any]


def snapshot(
    *, byline: Iterable, tags: Iterable[str], lead: dict | None, **texts: str
) -> dict[str, Any]:
    """
    A snapshot of these parts, as a revision stores it.

    `byline` holds pairs of a saved Person and a role, in order; `tags` names; `lead` is a
    value of `lead_of`; `texts` are the TEXTS.
    """
    return {
        **texts,
        "lead_image": lead,
        "body": clean_once(texts["body"]),
        "byline": byline_of(byline),
        "tags": list(tags),
    }


def byline_of(credits: Iterable) -> list[dict[str, Any]]:
    """A byline as a snapshot holds it, from pairs of a saved Person and a role."""
    return [
        {"person": person.pk, "name": person.name, "role": str(role)}
        for person, role in credits
    ]


def snapshot_of(article: Any) -> dict[str, Any]:
    """The snapshot of the article itself, not of its working copy."""
    texts = {name: getattr(article, name) for name in TEXTS}
    tags = [tag.name for tag in article.tags.all()]
    credits = article.credits.select_related("person")
    byline = [(credit.person, credit.role) for credit in credits]
    lead = lead_of(article.lead_image_id, article.lead_alt, article.lead_caption)
    return snapshot(byline=byline, tags=tags, lead=lead, **texts)


def lead_of(image: int | None, alt: str = "", caption: str = "") -> dict | None:
    """The part `lead_image`: the image's primary key, alt text and caption; None without one."""
    if image is None:
        return None
    return {"image": image, "alt": alt, "caption": caption}


def pictures_in(content: Snapshot) -> list[int]:
    """The primary keys of the library's images in a snapshot, the lead image first."""
    lead = content.get("lead_image")
    return [*([lead["image"]] if lead else []), *keys_in(content.get("body", ""))]


def differing_parts(one: Snapshot, other: Snapshot) -> list[str]:
    """The names of the parts that both snapshots have, with different values."""
    return [
        part
        for part in PARTS
        if part in one and part in other and one[part] != other[part]
    ]


def three_way_merge(
    base: Snapshot, mine: Snapshot, theirs: Snapshot
) -> tuple[dict[str, Any], list[str]]:
    """
    The three-way merge of two snapshots with a common base, and the parts in conflict.

    A part that only one side changed is taken from that side. A part that both changed to
    different values is in conflict, and the result has mine. A body is merged by block (see
    articles.content.block_merge), and is in conflict only where both changed the same block.
    """
    changed_by_me = differing_parts(base, mine)
    changed_by_them = set(differing_parts(base, theirs)) | (theirs.keys() - base.keys())
    result = {**mine}
    conflicts = []
    for part in PARTS:
        if part not in changed_by_them or mine.get(part) == theirs.get(part):
            continue
        if part not in changed_by_me and part in base:
            result[part] = theirs[part]
        elif part == "body" and can_merge_body(base):
            merge = merge_blocks(base[part], mine[part], theirs[part])
            result[part] = clean_once(merge.html)
            conflicts += [part] if merge.conflicts else []
        else:
            conflicts.append(part)
    return result, conflicts


def can_merge_body(base: Snapshot) -> bool:
    """Whether there is a text to compare with. Two that began with none would both be kept."""
    return bool(blocks_of(base.get("body", "")))
