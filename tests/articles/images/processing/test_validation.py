import io
import struct
import zlib

import pytest
from django.core.files.base import ContentFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Drawing
from PIL import ImageChops, ImageOps, PngImagePlugin

from articles.images.processing import decode_limits, validation
from articles.images.processing.refusals import FileRefused
from articles.images.processing.rendering import draw_renditions
from articles.images.processing.specs import recipes_for
from articles.images.processing.validation import PictureRefused, validate_picture

SECRETS = [b"Exif", b"ns.adobe.com/xap", b"GPS", b"a secret"]


def file_of(image, format, **how):
    file = io.BytesIO()
    image.save(file, format, **how)
    return file.getvalue()


def take(content, name="x.jpg"):
    return validate_picture(ContentFile(content, name))


def opened(picture):
    return Drawing.open(io.BytesIO(picture.content))


def refusal(content):
    with pytest.raises(PictureRefused) as raised:
        take(content)
    [sentence] = raised.value.messages
    assert sentence.endswith(".")
    return sentence


def photograph(width=60, height=40, mode="RGB"):
    return Drawing.radial_gradient("L").resize((width, height)).convert(mode)


def animation(frames=3, size=(30, 20)):
    return [Drawing.new("RGB", size, (number * 40, 0, 0)) for number in range(frames)]


# Pictures from elsewhere


def test_every_good_picture_of_the_suite_becomes_renditions_of_the_right_size(samples):
    files = sorted((samples / "images" / "pngsuite").glob("[!x]*.png"))
    assert len(files) > 150
    for path in files:
        with Drawing.open(path) as sent:
            size = sent.size
        picture = take(path.read_bytes(), path.name)
        assert (picture.width, picture.height) == size, path.name
        recipes = recipes_for(*size, has_alpha=picture.has_alpha)
        for recipe, content in draw_renditions(picture.content, recipes):
            with Drawing.open(io.BytesIO(content)) as made:
                assert made.size == (recipe.width, recipe.height), path.name


def test_every_broken_picture_of_the_suite_is_refused_with_a_sentence(samples):
    files = sorted((samples / "images" / "pngsuite").glob("x*.png"))
    assert len(files) > 10
    for path in files:
        assert refusal(path.read_bytes()), path.name


def test_all_eight_ways_to_hold_a_camera_come_out_the_same_way_up(samples):
    folder = samples / "images" / "exif-orientation"
    with Drawing.open(folder / "landscape_1.jpg") as upright:
        upright = upright.convert("RGB").resize((60, 45))
    for number in range(1, 9):
        picture = take((folder / f"landscape_{number}.jpg").read_bytes())
        assert (picture.width, picture.height) == (600, 450)
        with opened(picture) as kept:
            other = kept.convert("RGB").resize((60, 45))
        difference = ImageChops.difference(upright, other).convert("L")
        assert ImageOps.scale(difference, 0.1).getextrema()[1] < 40, number


# By content, not by file name


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_a_picture_is_taken_by_what_it_is(format):
    picture = take(file_of(photograph(), format), name="x.pdf")
    assert (picture.format, picture.width, picture.height) == (format, 60, 40)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG"),
        (b"<?xml version='1.0'?>\n<svg/>", "an SVG"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "a HEIC"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "an EPS"),
        (b"\xc5\xd0\xd3\xc6....", "an EPS"),
        (file_of(photograph(), "TIFF"), "a TIFF"),
        (file_of(photograph(), "BMP"), "a BMP"),
        (b"<!doctype html><title>x</title>", "a web page"),
        (b"PK\x03\x04....", "a ZIP"),
        (b"Words.", "not a known kind of picture"),
    ],
)
def test_what_is_no_picture_is_refused_by_its_name(content, words):
    assert words in refusal(content)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_a_file_that_is_cut_off_is_refused(format):
    content = file_of(Drawing.effect_noise((200, 200), 90).convert("RGB"), format)
    assert "damaged or incomplete" in refusal(content[: len(content) * 2 // 3])


def test_a_wrong_checksum_is_found(samples):
    broken = samples / "images" / "pngsuite" / "xcsn0g01.png"
    assert "damaged" in refusal(broken.read_bytes())


# Limits


def png_that_claims(width, height):
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "size", [(60_000, 60_000), (12_000, 9_000), (9_000, 8_000), (16_000, 1_600)]
)
def test_a_small_file_that_claims_millions_of_pixels_is_not_drawn(size, monkeypatch):
    monkeypatch.setattr(decode_limits, "_pixels_of", None)
    with pytest.raises(FileRefused, match="million pixels|too many pixels"):
        decode_limits.redraw(png_that_claims(*size), max_pixels=25_000_000)


def test_text_in_a_picture_that_unfolds_without_end_is_refused():
    info = PngImagePlugin.PngInfo()
    info.add_text("x", "a" * 80_000_000, zip=True)
    assert refusal(file_of(photograph(), "PNG", pnginfo=info))


def test_more_bytes_than_are_taken_are_refused(monkeypatch):
    monkeypatch.setattr(validation, "LARGEST_FILE", 1024 * 1024)
    assert "larger than 1 MB" in refusal(b"\xff\xd8" + b"x" * 1024 * 1024)


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG"])
def test_an_animation_stays_one_and_too_many_frames_are_refused(format, monkeypatch):
    first, *others = animation(4)
    content = file_of(first, format, save_all=True, append_images=others, duration=50)
    picture = take(content)
    assert (picture.frames, picture.width) == (4, 30)
    with opened(picture) as kept:
        assert kept.n_frames == 4
    monkeypatch.setattr(decode_limits, "MAX_FRAMES", 3)
    with pytest.raises(FileRefused, match="4 frames"):
        decode_limits.redraw(content, max_pixels=25_000_000)


# Only the picture itself is stored


def test_nothing_that_a_camera_or_a_program_wrote_is_kept_or_drawn():
    exif = Drawing.Exif()
    exif[0x010E] = "a secret"
    exif[0x8825] = {1: "N", 2: (48.0, 12.0, 30.0)}
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">ns.adobe.com/xap a secret</x:xmpmeta>'
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "a secret")
    for content in [
        file_of(photograph(), "JPEG", exif=exif, xmp=xmp, comment=b"a secret"),
        file_of(photograph(), "PNG", exif=exif, pnginfo=info),
        file_of(photograph(), "WEBP", exif=exif, xmp=xmp),
        file_of(photograph(), "AVIF", exif=exif, xmp=xmp),
        file_of(photograph(), "GIF", comment=b"a secret"),
    ]:
        assert any(secret in content for secret in SECRETS)
        picture = take(content)
        made = [
            found for _, found in draw_renditions(picture.content, recipes_for(60, 40))
        ]
        for found in [picture.content, *made]:
            assert not [secret for secret in SECRETS if secret in found]


@pytest.mark.parametrize("format", ["GIF", "JPEG", "PNG"])
def test_of_a_file_that_is_a_program_as_well_only_the_picture_is_kept(format):
    script = b"*/=1;alert(1)//<script>alert(1)</script>"
    picture = take(file_of(photograph(), format) + script)
    assert b"alert" not in picture.content


def test_of_two_pictures_in_one_file_of_a_telephone_the_first_is_kept():
    first, second = photograph(), Drawing.new("RGB", (20, 20), "red")
    content = file_of(first, "MPO", save_all=True, append_images=[second])
    picture = take(content)
    assert (picture.format, picture.width, picture.frames) == ("JPEG", 60, 1)


# Colours


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "I;16", "LA", "RGBA"])
def test_every_kind_of_colours_becomes_red_green_and_blue(mode):
    format = "JPEG" if mode == "CMYK" else "PNG"
    with opened(take(file_of(photograph(mode=mode), format))) as kept:
        assert kept.mode in {"RGB", "RGBA"}


def test_sixteen_bits_of_grey_keep_their_brightness():
    image = Drawing.new("I;16", (10, 10), 0x8000)
    with opened(take(file_of(image, "PNG"))) as kept:
        assert abs(kept.getpixel((5, 5))[0] - 128) <= 1


def display_p3():
    """An ICC profile with more colours than sRGB, with a gamma of 2.2."""

    def fixed(*numbers):
        return b"".join(struct.pack(">i", round(number * 65536)) for number in numbers)

    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(2.2 * 256)) + bytes(2)
    # The P3 primaries, adapted to D50: SMPTE EG 432-1, ICC.1:2022.
    tags = {
        b"rXYZ": b"XYZ " + bytes(4) + fixed(0.51512, 0.24120, -0.00105),
        b"gXYZ": b"XYZ " + bytes(4) + fixed(0.29198, 0.69225, 0.04189),
        b"bXYZ": b"XYZ " + bytes(4) + fixed(0.15710, 0.06657, 0.78407),
        b"wtpt": b"XYZ " + bytes(4) + fixed(0.9642, 1, 0.8249),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    table, data = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        table += name + struct.pack(">II", start + len(data), len(value))
        data += value
    size = struct.pack(">I", start + len(data))
    kinds = b"\x02\x40\0\0mntrRGB XYZ "
    header = size + bytes(4) + kinds + bytes(12) + b"acsp" + bytes(28)
    header += fixed(0.9642, 1, 0.8249)
    return header.ljust(128, b"\0") + table + data


def test_colours_of_another_profile_look_the_same_in_ours():
    image = Drawing.new("RGB", (10, 10), (200, 100, 100))
    plain = take(file_of(image, "PNG"))
    wide = take(file_of(image, "PNG", icc_profile=display_p3()))
    with opened(plain) as kept, opened(wide) as brought_home:
        assert "icc_profile" not in brought_home.info
        red, green, _ = brought_home.getpixel((5, 5))
        # In that profile the same numbers are a stronger red.
        assert red > kept.getpixel((5, 5))[0] + 8
        assert green < kept.getpixel((5, 5))[1]


def test_a_profile_that_is_none_says_nothing():
    with opened(take(file_of(photograph(), "JPEG", icc_profile=b"x" * 200))) as kept:
        assert "icc_profile" not in kept.info


def test_what_something_shows_through_of_keeps_that_and_what_is_solid_does_not():
    clear = Drawing.new("RGBA", (10, 10), (255, 0, 0, 100))
    solid = Drawing.new("RGBA", (10, 10), (255, 0, 0, 255))
    assert take(file_of(clear, "PNG")).has_alpha
    assert not take(file_of(solid, "PNG")).has_alpha


# Random input


WHOLE = {
    format: file_of(Drawing.effect_noise((40, 40), 90).convert("RGB"), format)
    for format in ["JPEG", "PNG", "WEBP", "GIF"]
}


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.sampled_from(sorted(WHOLE)), st.integers(0, 10**6), st.integers(0, 255))
def test_a_file_with_a_wrong_byte_is_taken_or_refused_and_nothing_else(
    format, place, byte
):
    content = bytearray(WHOLE[format])
    content[place % len(content)] = byte
    try:
        picture = decode_limits.redraw(bytes(content), max_pixels=25_000_000)
    except FileRefused:
        return
    assert picture.width > 0
