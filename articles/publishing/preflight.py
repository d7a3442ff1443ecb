"""
The preflight: the checks of an article before it is published.

`problems_of` needs only a snapshot. `problems_of_all` adds the checks that need the
database, with the same few queries for one article and for hundreds.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.content.figures import without_empty_figures
from articles.content.links import dead_anchors, relative_links
from articles.content.notes import unmatched_notes
from articles.content.snapshots import (
    TEXTS,
    Snapshot,
    byline_of,
    lead_of,
    pictures_in,
)
from articles.core.moments import moment_in_words
from articles.core.text.counting import letters_in
from articles.models import Address, Article, Credit, Image
from articles.publishing.inbound_links import slugs_linked

# In characters.
LONGEST_HEADLINE = 120
# The links to articles that are checked per text.
LINKS_LOOKED_UP = 500

# The fields of the form that hold a date and a time.
MOMENTS = {"embargo_until"}
# The links and notes of each kind that are named.
MOST_NAMED = 20

ERROR = "error"
WARNING = "warning"

# File names given by cameras, phones and computers, which describe nothing.
_FILE_NAME = re.compile(
    r"\s*(\S+\.(jpe?g|png|gif|webp|avif|svg|heic|tiff?)|(img|dsc|dscn|image|screenshot)[-_ ]?\d[\w-]*)\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Problem:
    """
    A problem found by the preflight.

    `kind` is ERROR, which prevents publishing, or WARNING. `field` is a field of the form, and
    `anchor` the id of its input there.
    """

    kind: str
    sentence: str
    field: str

    @property
    def is_error(self) -> bool:
        return self.kind == ERROR

    @property
    def anchor(self) -> str:
        # A moment has two inputs.
        return f"id_{self.field}_0" if self.field in MOMENTS else f"id_{self.field}"


def problems_of(content: Snapshot) -> list[Problem]:
    """The problems that can be found in the snapshot alone."""
    return [problem for check in _CHECKS for problem in check(content)]


def problems_of_all(articles: Sequence[Article]) -> dict[int, list[Problem]]:
    """A dict from primary keys to the problems of what would be published now."""
    return _problems(articles, contents_to_publish(articles))


def problems_of_content(article: Article, content: Snapshot) -> list[Problem]:
    """The problems of the article if this were published now."""
    return _problems([article], {article.pk: content})[article.pk]


def _problems(articles, contents):
    visible = _visible_of(
        slug for content in contents.values() for slug in _links(content)
    )
    owners = _owners_of(content["slug"] for content in contents.values())
    images = _images_of(contents.values())
    return {
        article.pk: [
            *problems_of(contents[article.pk]),
            *_library(contents[article.pk], images),
            *_dead_links(contents[article.pk], visible),
            *_address(article, contents[article.pk]["slug"], owners),
            *_embargo(article),
        ]
        for article in articles
    }


def contents_to_publish(articles: Sequence[Article]) -> dict[int, Snapshot]:
    """A dict from primary keys to the content that would be published now."""
    credits = Prefetch("credits", Credit.objects.select_related("person"))
    prefetch_related_objects(articles, "tags", credits)
    apart = [article.pk for article in articles if article.keeps_changes_apart]
    copies = dict(Article.objects.filter(pk__in=apart).working_contents())
    return {
        article.pk: _itself(article) | (copies.get(article.pk) or {})
        for article in articles
    }


def _itself(article):
    texts = {name: getattr(article, name) for name in TEXTS}
    lead = lead_of(article.lead_image_id, article.lead_alt, article.lead_caption)
    tags = [tag.name for tag in article.tags.all()]
    byline = byline_of((credit.person, credit.role) for credit in article.credits.all())
    return texts | {"tags": tags, "lead_image": lead, "byline": byline}


# One check each.


def _headline(content: Snapshot) -> Iterator[Problem]:
    title = content["title"].strip()
    if not title:
        yield Problem(ERROR, _("The headline is missing."), "title")
    elif letters_in(title) > LONGEST_HEADLINE:
        yield Problem(
            WARNING,
            _(
                "The headline has %(number)d characters; search engines and other sites cut off headlines of more than %(limit)d."
            )
            % {"number": letters_in(title), "limit": LONGEST_HEADLINE},
            "title",
        )


def _standfirst(content: Snapshot) -> Iterator[Problem]:
    if not content["standfirst"].strip():
        yield Problem(
            WARNING,
            _("The standfirst is missing: cards and feeds show the headline alone."),
            "standfirst",
        )


def _body(content: Snapshot) -> Iterator[Problem]:
    reading = _read(content["body"])
    if not reading.says_something:
        yield Problem(ERROR, _("The text is missing."), "body")
    for heading in reading.headings_too_deep:
        yield Problem(
            WARNING,
            _(
                "The heading “%(heading)s” is a subheading without a heading above it. Make it a main heading."
            )
            % {"heading": heading},
            "body",
        )
    yield from _pictures(reading)


def _figures(content: Snapshot) -> Iterator[Problem]:
    """Look for empty figures, which an older release stored."""
    if without_empty_figures(content["body"]) != content["body"]:
        yield Problem(
            WARNING,
            _(
                "A figure in the text has no picture. Save the text again: the figure is removed, and its caption becomes a paragraph."
            ),
            "body",
        )


def _anchors(content: Snapshot) -> Iterator[Problem]:
    """Look for links that lead nowhere, whatever else is on the site."""
    for link in relative_links(content["body"])[:MOST_NAMED]:
        yield Problem(
            WARNING,
            _(
                "The link “%(link)s” leads nowhere: begin it with https:// for another site, or with / for a page of this one."
            )
            % {"link": link},
            "body",
        )
    for link in dead_anchors(content["body"])[:MOST_NAMED]:
        yield Problem(
            WARNING,
            _("The link “%(link)s” leads to a place that the text does not have.")
            % {"link": link},
            "body",
        )


def _notes(content: Snapshot) -> Iterator[Problem]:
    unmatched = unmatched_notes(content["body"])
    for number in unmatched.without_reference[:MOST_NAMED]:
        yield Problem(
            WARNING,
            _("Nothing in the text refers to note %(number)d.") % {"number": number},
            "body",
        )
    for number in unmatched.without_note[:MOST_NAMED]:
        yield Problem(
            WARNING,
            _("The text refers to note %(number)d, which is missing.")
            % {"number": number},
            "body",
        )


def is_file_name(text: str) -> bool:
    """Whether the text is a file name as cameras and computers give them."""
    return _FILE_NAME.fullmatch(text) is not None


def _pictures(reading: "_Reading") -> Iterator[Problem]:
    """Check pictures that are not in the library; for the others see _library."""
    for picture in reading.pictures:
        if picture.key:
            continue
        name = picture.source.rpartition("/")[2]
        if not picture.description.strip():
            # Only a warning, because the editor of the body offers no way to repair it.
            yield Problem(
                WARNING,
                _("The picture %(name)s has no alt text.") % {"name": name},
                "body",
            )
        elif is_file_name(picture.description):
            yield Problem(
                WARNING,
                _(
                    "The alt text of a picture is a file name: “%(name)s”. Describe what the picture shows."
                )
                % {"name": picture.description.strip()},
                "body",
            )
        if not picture.has_credit:
            yield Problem(
                WARNING,
                _("The picture %(name)s has no credit.") % {"name": name},
                "body",
            )


def _library(content: Snapshot, images: dict[int, Image]) -> Iterator[Problem]:
    """Check the images of the library: that they exist and have an alt text and a credit."""
    uses = [
        (picture.key, picture.description, "body")
        for picture in _read(content["body"]).pictures
        if picture.key
    ]
    if lead := content.get("lead_image"):
        uses.insert(0, (lead["image"], lead["alt"], "lead_image"))
    for key, alt, field in uses:
        image = images.get(key)
        if image is None:
            yield Problem(
                ERROR,
                _(
                    "Picture %(number)s is no longer in the library or was taken off the site. Choose another one."
                )
                % {"number": key},
                field,
            )
            continue
        said = alt.strip() or image.alt.strip()
        if not said and not image.decorative:
            yield Problem(
                ERROR,
                _(
                    "The picture “%(picture)s” has no alt text. Add one in the library, or mark the picture as decorative there."
                )
                % {"picture": image},
                field,
            )
        elif is_file_name(said):
            yield Problem(
                WARNING,
                _(
                    "The alt text of the picture “%(picture)s” is a file name. Describe what the picture shows."
                )
                % {"picture": image},
                field,
            )
        if not image.credit:
            yield Problem(
                WARNING,
                _("The picture “%(picture)s” has no credit in the library.")
                % {"picture": image},
                field,
            )


def _tags(content: Snapshot) -> Iterator[Problem]:
    if not content["tags"]:
        yield Problem(
            WARNING, _("It has no tags, so it appears on no tag page."), "tags"
        )


def _byline(content: Snapshot) -> Iterator[Problem]:
    # Old snapshots lack the part.
    if content.get("byline") == []:
        yield Problem(
            WARNING,
            _("The byline is missing: readers do not learn who wrote this."),
            "signed_by",
        )


_CHECKS: list[Callable[[Snapshot], Iterator[Problem]]] = [
    _headline,
    _standfirst,
    _body,
    _figures,
    _anchors,
    _notes,
    _byline,
    _tags,
]


def _dead_links(content: Snapshot, visible: set[str]) -> Iterator[Problem]:
    for slug in _links(content):
        if slug not in visible and slug != content["slug"]:
            yield Problem(
                WARNING,
                _("It links to /articles/%(slug)s/, which readers cannot see.")
                % {"slug": slug},
                "body",
            )


def _address(
    article: Article, slug: str, owners: dict[str, set[int]]
) -> Iterator[Problem]:
    if owners.get(slug, set()) - {article.pk}:
        yield Problem(
            ERROR,
            _("The address “%(slug)s” belongs to another article. Choose another one.")
            % {"slug": slug},
            "slug",
        )
    try:
        Article._meta.get_field("slug").run_validators(slug)
    except ValidationError:
        yield Problem(
            ERROR,
            _("“%(slug)s” cannot be an address. Use letters, digits and hyphens.")
            % {"slug": slug},
            "slug",
        )


def _embargo(article: Article) -> Iterator[Problem]:
    until = article.embargo_until
    if until and until > timezone.now():
        yield Problem(
            WARNING,
            _("Embargo until %(time)s: readers cannot see it before then.")
            % {"time": moment_in_words(until)},
            "embargo_until",
        )


def _links(content: Snapshot) -> list[str]:
    return slugs_linked(content["body"])[:LINKS_LOOKED_UP]


def _visible_of(slugs: Iterable[str]) -> set[str]:
    """Those of the slugs under which readers find an article."""
    if slugs := set(slugs):
        return set(Article.objects.visible().slugs_among(slugs))
    return set()


def _images_of(contents: Iterable[Snapshot]) -> dict[int, Image]:
    """The images in these snapshots that may be shown, by primary key."""
    keys = {key for content in contents for key in pictures_in(content)}
    return Image.objects.on_site().in_bulk(keys) if keys else {}


def _owners_of(slugs: Iterable[str]) -> dict[str, set[int]]:
    """A dict from slugs to the primary keys of articles that have the slug or are reserved it."""
    owners: dict[str, set[int]] = {}
    slugs = set(slugs)
    now = Article.objects.filter(slug__in=slugs).values_list("slug", "pk")
    ever = Address.objects.filter(slug__in=slugs).values_list("slug", "article")
    for slug, owner in now.union(ever):
        owners.setdefault(slug, set()).add(owner)
    return owners


@dataclass
class _Picture:
    source: str
    description: str
    # The primary key in the library; 0 for a picture outside the library.
    key: int = 0
    has_credit: bool = False


class _Reading(HTMLParser):
    """Reads cleaned HTML: wrong headings and all pictures, in order, and whether it has content."""

    def __init__(self) -> None:
        super().__init__()
        self.says_something = False
        self.headings_too_deep: list[str] = []
        self.pictures: list[_Picture] = []
        self._has_first_heading = False
        self._heading: list[str] | None = None
        self._in_figure: list[_Picture] | None = None
        self._in_credit = False

    def handle_starttag(self, tag, attributes):
        if tag == "img":
            self._see(dict(attributes))
        elif tag == "figure":
            self._in_figure = []
        elif tag == "figcaption":
            self._in_credit = True
        elif tag == "h2":
            self._has_first_heading = True
        elif tag == "h3" and not self._has_first_heading:
            self._heading = []

    def handle_endtag(self, tag):
        if tag == "figure":
            self._in_figure = None
        elif tag == "figcaption":
            self._in_credit = False
        elif tag == "h3" and self._heading is not None:
            self.headings_too_deep.append(" ".join("".join(self._heading).split()))
            self._heading = None

    def handle_data(self, text):
        if not text.strip():
            return
        self.says_something = True
        if self._heading is not None:
            self._heading.append(text)
        if self._in_credit:
            for picture in self._in_figure or []:
                picture.has_credit = True

    def _see(self, attributes):
        self.says_something = True
        picture = _Picture(
            attributes.get("src") or "",
            attributes.get("alt") or "",
            int(attributes.get("data-file") or 0),
        )
        self.pictures.append(picture)
        if self._in_figure is not None:
            self._in_figure.append(picture)


def _read(html: str) -> _Reading:
    reading = _Reading()
    reading.feed(html)
    reading.close()
    return reading
