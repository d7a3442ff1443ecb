"""The pictures of the demo: painted by this module, the same each time, free of other rights."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from math import sin
from random import Random

from django.core.files.base import ContentFile
from PIL import Image as Canvas
from PIL import ImageDraw, ImageFilter

SIZE = 1600, 1000
CREDIT = "Painted by Newsroom"


@dataclass(frozen=True)
class Painting:
    name: str
    paint: Callable[[Random], Canvas.Image]
    alt: str
    caption: str = ""
    focal: tuple[float, float] = (0.5, 0.5)

    @property
    def source(self) -> str:
        return f"demo:{self.name}"

    def file(self) -> ContentFile:
        """The painting as a JPEG."""
        file = BytesIO()
        self.paint(Random(self.name)).save(file, "JPEG", quality=90)  # noqa: S311 - a seed, no secret
        return ContentFile(file.getvalue(), f"{self.name}.jpg")


def sky(top, bottom):
    width, height = SIZE
    strip = Canvas.linear_gradient("L").resize((1, height))
    lower = Canvas.new("RGB", (1, height), bottom)
    lower.paste(
        Canvas.new("RGB", (1, height), top),
        mask=strip.transpose(Canvas.Transpose.FLIP_TOP_BOTTOM),
    )
    return lower.resize((width, height))


def hills(image, random, colours, *, first=0.45, step=0.1):
    """Rows of hills, each nearer than the last and in the next colour."""
    draw = ImageDraw.Draw(image)
    width, height = SIZE
    for number, colour in enumerate(colours):
        base = height * (first + step * number)
        waves = [(random.uniform(0.002, 0.008), random.uniform(0, 6)) for _ in range(3)]
        tops = [
            (
                x,
                base
                + sum(height * 0.03 * sin(x * pace + shift) for pace, shift in waves),
            )
            for x in range(0, width + 20, 20)
        ]
        draw.polygon([(0, height), *tops, (width, height)], fill=colour)


def water(image, random, level, colour, light):
    """Water up to the level, with strokes of light that get longer towards the viewer."""
    draw = ImageDraw.Draw(image)
    width, height = SIZE
    top = int(height * level)
    draw.rectangle([0, top, width, height], fill=colour)
    for _ in range(260):
        depth = random.random()
        y = top + depth * (height - top)
        x, length = random.uniform(-50, width), 20 + 160 * depth * random.random()
        draw.line([x, y, x + length, y], fill=light, width=1 + int(4 * depth))


def houses(image, random, level, colour, window):
    draw = ImageDraw.Draw(image)
    width, height = SIZE
    x = -20
    while x < width:
        wide, tall = random.randint(90, 170), random.randint(140, 300)
        top = height * level - tall
        draw.rectangle([x, top, x + wide, height * level], fill=colour)
        draw.polygon(
            [(x - 6, top), (x + wide / 2, top - 70), (x + wide + 6, top)], fill=colour
        )
        for row in range(int(tall // 70)):
            for column in range(2):
                if random.random() < 0.6:
                    left = x + wide * (0.2 + 0.4 * column)
                    draw.rectangle(
                        [
                            left,
                            top + 20 + 70 * row,
                            left + wide * 0.2,
                            top + 58 + 70 * row,
                        ],
                        fill=window,
                    )
        x += wide + random.randint(0, 24)


def sun(image, x, y, radius, colour):
    glow = Canvas.new("RGB", SIZE, "black")
    ImageDraw.Draw(glow).ellipse(
        [x - radius, y - radius, x + radius, y + radius], fill=colour
    )
    mask = glow.convert("L").filter(ImageFilter.GaussianBlur(radius / 6))
    image.paste(Canvas.new("RGB", SIZE, colour), mask=mask)


def bridge(image, level, colour):
    draw = ImageDraw.Draw(image)
    width, height = SIZE
    y = height * level
    draw.rectangle([0, y - 26, width, y], fill=colour)
    for number in range(5):
        left = width * number / 4 - 60
        draw.rectangle([left, y, left + 60, y + 190], fill=colour)
        draw.arc(
            [left + 40, y - 10, left + width / 4 + 20, y + 300],
            180,
            360,
            fill=colour,
            width=22,
        )


def river(random):
    image = sky("#5b7f95", "#f2d7b0")
    sun(image, 1080, 360, 70, "#fff1cf")
    hills(image, random, ["#8aa0a1", "#5f7f78", "#3d5d57"], first=0.4, step=0.07)
    water(image, random, 0.62, "#4d6f7c", "#d9cdb0")
    return image


def ferry_bridge(random):
    image = sky("#d98f6a", "#f6e2b8")
    hills(image, random, ["#a9795f", "#7d5548"], first=0.46, step=0.06)
    water(image, random, 0.6, "#6b5a5c", "#e9c9a0")
    bridge(image, 0.52, "#3a2d2f")
    return image


def quay(random):
    image = sky("#0d1b2e", "#3c4f6b")
    sun(image, 420, 200, 46, "#f4f0dc")
    houses(image, random, 0.68, "#131a24", "#f0b85a")
    water(image, random, 0.68, "#18243a", "#c79a55")
    return image


def marsh(random):
    image = sky("#9fc0cf", "#eef0df")
    hills(
        image,
        random,
        ["#b9c4a4", "#97a878", "#738a57", "#5b7343"],
        first=0.5,
        step=0.09,
    )
    draw = ImageDraw.Draw(image)
    for _ in range(900):
        x, y = random.uniform(0, SIZE[0]), random.uniform(760, 1000)
        draw.line(
            [x, y, x + random.uniform(-14, 14), y - random.uniform(20, 70)],
            fill="#465a33",
            width=2,
        )
    return image


def street(random):
    image = sky("#8ba3b5", "#e9dfcc")
    houses(image, random, 0.72, "#8c4a3c", "#f6ead0")
    ImageDraw.Draw(image).rectangle([0, 720, *SIZE], fill="#77706a")
    return image


def winter(random):
    image = sky("#b7c9d6", "#f5f2ec")
    hills(image, random, ["#dfe6ea", "#c8d5dd", "#aebfca"], first=0.42, step=0.07)
    water(image, random, 0.62, "#5d7f93", "#eaf2f5")
    return image


PAINTINGS = {
    painting.name: painting
    for painting in [
        Painting(
            "river",
            river,
            "A broad river in the evening, with hills on the far bank and the sun low above them.",
            focal=(0.67, 0.4),
        ),
        Painting(
            "ferry-bridge",
            ferry_bridge,
            "A bridge of four arches over the river, dark before an orange sky.",
            "Ferry Bridge, seen from the north bank.",
            focal=(0.5, 0.55),
        ),
        Painting(
            "quay",
            quay,
            "Houses along the quay at night, with lit windows and the moon above the water.",
            "Quay Street, an hour before the water came.",
            focal=(0.4, 0.6),
        ),
        Painting(
            "marsh",
            marsh,
            "A green salt marsh under a pale sky, with reeds in front.",
            focal=(0.5, 0.7),
        ),
        Painting(
            "street", street, "A row of brick houses with steep roofs along a street."
        ),
        Painting(
            "winter",
            winter,
            "The river in winter, grey water before hills under snow.",
            focal=(0.5, 0.6),
        ),
    ]
}
