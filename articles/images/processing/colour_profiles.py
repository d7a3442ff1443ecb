"""Conversion to sRGB with eight bits per channel, and an alpha channel where needed."""

from io import BytesIO

from PIL import Image, ImageCms

_SRGB = ImageCms.createProfile("sRGB")
# Modes with more than eight bits per channel. The upper eight bits are kept.
_DEEP = {"I", "I;16", "I;16B", "I;16L", "I;16N", "F"}


def in_srgb(image: Image.Image) -> Image.Image:
    """The picture as RGB or RGBA in sRGB, without any metadata."""
    profile = image.info.get("icc_profile")
    see_through = image.has_transparency_data
    if image.mode in _DEEP:
        image = _in_eight_bits(image)
        profile = None
    if image.mode not in {"RGB", "RGBA", "CMYK"} or (
        see_through and image.mode == "RGB"
    ):
        if image.mode in {"L", "LA", "1"}:
            # A greyscale profile does not apply to colours.
            profile = None
        image = image.convert("RGBA" if see_through else "RGB")
    if profile:
        image = _by_profile(image, profile)
    if image.mode not in {"RGB", "RGBA"}:
        image = image.convert("RGB")
    if image.mode == "RGBA" and image.getchannel("A").getextrema()[0] == 255:
        image = image.convert("RGB")
    # Some encoders write these metadata: profiles, comments, Exif.
    image.info = {}
    return image


def _in_eight_bits(image):
    if image.mode.startswith("I;16"):
        image = image.convert("I")
    if image.mode == "I":
        image = image.point(lambda value: value * (1 / 256) + 0)
    return image.convert("L")


def _by_profile(image, profile):
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        return ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(BytesIO(profile)),
            _SRGB,
            outputMode=mode,
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        # A broken profile, or one for another kind of picture, is ignored.
        return image
