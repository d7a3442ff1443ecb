import pytest

from articles.images.processing import decode_limits
from articles.images.processing.decode_limits import redraw, scans_in
from articles.images.processing.refusals import FileRefused
from tests.articles.images.processing import hostile

A_FEW = 1_000_000


def refusal(content, *, max_pixels=A_FEW):
    with pytest.raises(FileRefused) as raised:
        redraw(content, max_pixels=max_pixels)
    return str(raised.value)


@pytest.mark.parametrize(
    ("how", "scans"), [({}, 1), ({"progressive": True}, 6), ({"optimize": True}, 1)]
)
def test_the_scans_of_a_jpeg_are_counted_by_its_markers(how, scans):
    image = hostile.Drawing.effect_noise((300, 200), 90)
    assert scans_in(hostile.encoded(image, "JPEG", **how)) == scans


def test_scans_inside_of_a_thumbnail_or_behind_the_picture_are_not_counted():
    thumbnail = hostile.jpeg_with_scans(30, width=60, height=40)
    content = hostile.jpeg_with_segments(0xE1, 1, begin=b"Exif\0\0" + thumbnail)
    assert scans_in(content) == 1
    assert scans_in(content + thumbnail) == 1


@pytest.mark.parametrize("content", [b"\xff\xd8", b"\xff\xd8\xff\xe1", b"\xff\xd8\xff"])
def test_a_jpeg_that_ends_early_has_no_scans(content):
    assert scans_in(content) == 0


def test_a_jpeg_of_a_thousand_scans_is_refused_before_it_is_decoded(monkeypatch):
    content = hostile.jpeg_with_scans(1000, width=600, height=400)
    assert redraw(
        hostile.jpeg_with_scans(decode_limits.MAX_SCANS, width=600, height=400),
        max_pixels=A_FEW,
    )
    monkeypatch.setattr(decode_limits, "_open", None)
    assert "in 1,000 steps; the limit is 64" in refusal(content)


def test_the_pixels_of_one_picture_are_limited_by_a_setting():
    content = hostile.png_bomb(1000, 1001)
    assert "the limit is 1.0 million" in refusal(content)
    assert redraw(content, max_pixels=1_001_000).width == 1000


@pytest.mark.parametrize(
    ("mode", "how"),
    [("RGB", {}), ("RGB", {"lossless": True}), ("RGBA", {"exif": b"Exif\0\0"})],
)
def test_the_pixels_of_a_webp_are_read_before_it_is_opened(mode, how, monkeypatch):
    image = hostile.Drawing.new(mode, (1001, 1000))
    content = hostile.encoded(image, "WEBP", **how)
    assert redraw(content, max_pixels=1_001_000).width == 1001
    monkeypatch.setattr(decode_limits, "_open", None)
    assert "1.0 million pixels" in refusal(content)


def test_the_pixels_of_all_frames_together_are_limited():
    content = hostile.gif_of_frames(21, width=320, height=320)
    assert "2.2 million pixels; the limit is 2.0 million" in refusal(content)
    assert redraw(content, max_pixels=2_000_000).frames == 21


def test_thousands_of_frames_are_refused():
    assert "1,200 frames" in refusal(hostile.gif_of_frames(1200))


@pytest.mark.parametrize(
    "content", [hostile.png_with_text(), hostile.png_with_profile()]
)
def test_what_unfolds_beside_the_picture_is_refused(content):
    assert len(content) < 100_000
    assert "damaged" in refusal(content)


def test_a_large_avif_is_kept_in_a_format_that_needs_less(monkeypatch):
    monkeypatch.setattr(decode_limits, "LARGE", 10_000)
    solid = hostile.avif_of_one_colour(200, 100)
    clear = hostile.encoded(
        hostile.Drawing.new("RGBA", (200, 100), (255, 0, 0, 90)), "AVIF"
    )
    small = hostile.avif_of_one_colour(100, 100)
    kept = [redraw(one, max_pixels=A_FEW).format for one in [solid, clear, small]]
    assert kept == ["JPEG", "PNG", "AVIF"]
