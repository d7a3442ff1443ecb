"""The articles of the demo, except their texts, which are in `articles/<name>.html`."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

ARTICLES = Path(__file__).parent / "articles"


def ago(*, days=0, hours=0):
    return -timedelta(days=days, hours=hours)


@dataclass(frozen=True)
class Story:
    name: str
    title: str
    standfirst: str
    # When it was or will be published, relative to now; None for unpublished articles.
    out: timedelta | None
    tags: list[str] = field(default_factory=list)
    byline: list[str] = field(default_factory=list)
    language: str = "en"
    on_top: bool = False
    in_review: bool = False
    first_slug: str = ""
    withdrawn_because: str = ""
    notice: str = ""
    # The name of a painting in newsroom.demo.pictures.
    picture: str = ""

    @property
    def source(self) -> str:
        return f"demo:{self.name}"

    @property
    def body(self) -> str:
        return (ARTICLES / f"{self.name}.html").read_text(encoding="utf-8")


PEOPLE = {
    "Clara Hollis": "Writes about the river, the harbour and what they do to people.",
    "Jonas Weidner": "Reports from the town hall, and explains what was decided there.",
    "Priya Nair": "Covers science and the coast.",
    "Tomás Ruiz": "Schools, sport, and everything that happens on a Wednesday.",
    "Greta Lund": "Theatre, books and obituaries.",
}

# Oldest first: they are created in this order.
STORIES = [
    Story(
        name="winter-swim",
        picture="winter",
        title="Two hundred and thirteen went in",
        standfirst="Three degrees, tea by the bathtub, and an 81-year-old in his 34th New Year’s swim.",
        out=ago(days=326),
        tags=["Sport", "Harbour"],
        byline=["Tomás Ruiz"],
    ),
    Story(
        name="bridge-works",
        picture="ferry-bridge",
        title="Ferry Bridge closed to cars at night",
        standfirst="For eleven nights the joints of the bridge are exchanged. On foot and by bicycle one can cross.",
        out=ago(days=143),
        tags=["Traffic"],
        byline=["Jonas Weidner"],
        first_slug="bridge-closed-for-eleven-nights",
    ),
    Story(
        name="ferry-pilot",
        picture="river",
        title="The man who brought every boat back",
        standfirst="Anselm Torr, the last pilot of the chain ferry at Low Harrow, has died at the age of 86.",
        out=ago(days=58),
        tags=["Obituary", "River Wendle"],
        byline=["Greta Lund"],
    ),
    Story(
        name="chess-cafe",
        picture="street",
        title="No music on Wednesdays",
        standfirst="How a travel set and two pensioners turned a café into the liveliest chess room in the county.",
        out=ago(days=31),
        tags=["Town life"],
        byline=["Tomás Ruiz"],
    ),
    Story(
        name="withdrawn-well",
        title="Nitrate found in two wells in Net Lane",
        standfirst="Tests have found values above what is permitted.",
        out=ago(days=24),
        tags=["River Wendle"],
        byline=["Clara Hollis"],
        withdrawn_because="The laboratory sent us the figures of another town. Clara has the letter.",
        notice="The figures in this article came from another town: a laboratory had confused two samples. "
        "The wells in Net Lane have not been found to be above any limit. We are sorry.",
    ),
    Story(
        name="school-kitchen",
        title="The children have voted for lentils",
        standfirst="After fourteen years of steel boxes the lower school cooks for itself again, and left the menu to a secret ballot.",
        out=ago(days=19),
        tags=["Schools", "Town life"],
        byline=["Tomás Ruiz"],
    ),
    Story(
        name="backhaus",
        title="In Obertal wird wieder gebacken",
        standfirst="Fünfzig Jahre lang lag Streusalz im alten Backhaus. Jetzt brennt dort wieder Feuer, und der Sauerteig heißt Gertrud.",
        out=ago(days=12, hours=3),
        tags=["Town life", "Neighbours"],
        byline=["Jonas Weidner"],
        language="de",
    ),
    Story(
        name="small-theatre",
        title="Ninety minutes, one chair, nobody sits",
        standfirst="“The Weather Station” at the Granary is a play about waiting that is over much too soon.",
        out=ago(days=9, hours=6),
        tags=["Theatre"],
        byline=["Greta Lund"],
    ),
    Story(
        name="warm-water",
        picture="river",
        title="How to heat 1,140 flats with a cold river",
        standfirst="The plant below the weir has run for a year. Most of what was promised came true, and the rest is under Station Road.",
        out=ago(days=6, hours=2),
        tags=["Energy", "River Wendle"],
        byline=["Priya Nair", "Jonas Weidner"],
    ),
    Story(
        name="town-budget",
        picture="ferry-bridge",
        title="What the town does with our money, by the day",
        standfirst="64.2 million is a number with which nobody can do anything. So we have divided it until it was as small as a coffee.",
        out=ago(days=4, hours=5),
        tags=["Town hall", "Explained"],
        byline=["Jonas Weidner"],
    ),
    Story(
        name="salt-marsh",
        picture="marsh",
        title="A coast that builds itself",
        standfirst="A biologist has lain in the mud on 212 days to measure whether the marsh can keep up with the sea. It can, if we let it.",
        out=ago(days=3, hours=1),
        tags=["Science", "River Wendle"],
        byline=["Priya Nair"],
    ),
    Story(
        name="tool-library",
        picture="street",
        title="The library where ladders must be fetched on foot",
        standfirst="Two hundred and forty things can be borrowed beside the novels. They come back better than they went.",
        out=ago(days=2, hours=4),
        tags=["Town life"],
        byline=["Greta Lund", "Tomás Ruiz"],
    ),
    Story(
        name="night-of-the-water",
        picture="quay",
        title="The night the river came up the steps",
        standfirst="It had rained for six days, the tide stood high and the wind turned. Why Harrowmouth was woken by knocking, and not by the warning it had paid for.",
        out=ago(days=1, hours=2),
        tags=["River Wendle", "Harbour", "Town hall"],
        byline=["Clara Hollis", "Priya Nair"],
        on_top=True,
    ),
    Story(
        name="lamp",
        picture="quay",
        title="Light on Quay Street",
        standfirst="",
        out=ago(hours=9),
        tags=["Town life"],
        byline=["Clara Hollis"],
    ),
    Story(
        name="last-bus",
        picture="street",
        title="The number 9 will run until midnight again",
        standfirst="Two years after they were cut, the council brings the late buses back. The hospital pays a third.",
        out=ago(hours=3),
        tags=["Traffic", "Town hall"],
        byline=["Jonas Weidner"],
    ),
    Story(
        name="scheduled-market",
        picture="street",
        title="Forty stalls and not one paper cup",
        standfirst="The winter market opens, larger than ever and with a deposit on every mug.",
        out=timedelta(days=2),
        tags=["Town life"],
        byline=["Tomás Ruiz"],
    ),
    Story(
        name="review-hospital",
        title="Born in Harrowmouth, once more",
        standfirst="The hospital on Mill Hill will open its maternity ward again in spring.",
        out=None,
        tags=["Health"],
        byline=["Clara Hollis"],
        in_review=True,
    ),
    Story(
        name="draft-allotments",
        title="Who waits for an allotment, and on which list",
        standfirst="",
        out=None,
        tags=["Town life"],
    ),
    Story(
        name="draft-cinema",
        title="The Lux, long after the film tore",
        standfirst="A visit with a torch to a cinema that closed in the middle of a Thursday.",
        out=None,
        tags=["Town life"],
        byline=["Greta Lund"],
    ),
]
