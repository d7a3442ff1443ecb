"""
The views under /media/: renditions of images, made on demand, and originals.

Each file is served with the type of its ending, which we chose; it runs nothing and never
changes. Addresses are secret, so that people who have a picture cannot find out whether it
is in the library. Former, guessable addresses redirect to the new ones, but only for
images that readers see.
"""

from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from articles.images.processing.specs import TYPES
from articles.images.processing.worker_pool import Busy
from articles.images.renditions import NotThere, make_now
from articles.models import Image
from articles.models.image import ORIGINALS

# In seconds: one year. RFC 9111 sets no limit, but caches keep nothing longer.
FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def rendition(request, fingerprint, name):
    """Serve a rendition of an image on the site. 404 for other names, 503 when busy."""
    image = Image.objects.on_site().filter(fingerprint=fingerprint).first()
    if image is None:
        return _at_its_new_address(fingerprint, name)
    recipe = image.recipe_named(name)
    if recipe is None:
        raise Http404("There is no such picture.")
    try:
        place = make_now(image, recipe)
    except Busy:
        return HttpResponse(
            "Too many pictures are being made. Ask again in a moment.\n",
            status=503,
            content_type="text/plain; charset=utf-8",
            headers={"Retry-After": "5"},
        )
    except NotThere:
        raise Http404("This picture cannot be shown any more.") from None
    return _served(request, place, recipe.type)


@require_safe
def original(request, path):
    """Serve an original: the picture as re-encoded by us, without the camera's metadata."""
    place = f"{ORIGINALS}/{path}"
    image = Image.objects.on_site().filter(file=place).first()
    if image is None or image.former_file == place:
        # This former address is guessable, so it answers only for public images.
        former = Image.objects.on_site().formerly_at(place)
        image = get_object_or_404(former.shown_to_readers()[:1])
        if image.file.name != place:
            return HttpResponseRedirect(f"{settings.MEDIA_URL}{image.file.name}")
    if not default_storage.exists(place):
        raise Http404("The file of this picture is lost.")
    return _served(request, place, TYPES[PurePosixPath(place).suffix[1:]])


@require_safe
def nothing(request, path=""):
    raise Http404("No picture lies here.")


@require_safe
@never_cache
def for_the_desk(request, key):
    """Redirect the body editor from an image's key to the image. Readers get 404."""
    if not (request.user.is_staff and request.user.has_perm("articles.view_image")):
        raise Http404("Only the desk finds pictures by their number.")
    image = get_object_or_404(Image.objects.on_site(), pk=key)
    return HttpResponseRedirect(image.address_of(image.medium))


def _at_its_new_address(fingerprint, name):
    """Redirect from the former, guessable address of a rendition, if readers see the image."""
    former = Image.objects.on_site().formerly_known_as(fingerprint)
    image = get_object_or_404(former.shown_to_readers()[:1])
    recipe = image.recipe_named(name)
    if recipe is None:
        raise Http404("There is no such picture.")
    return HttpResponseRedirect(image.address_of(recipe))


def _served(request, place, type):
    if not isinstance(default_storage, FileSystemStorage):
        # An external store serves the file itself, with the same headers.
        return HttpResponseRedirect(default_storage.url(place))
    headers = {
        "Cache-Control": FOR_EVER,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        # Other sites show our pictures in link previews.
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if request.method == "HEAD":
        headers["Content-Length"] = str(default_storage.size(place))
        return HttpResponse(content_type=type, headers=headers)
    return FileResponse(
        default_storage.open(place),
        filename=PurePosixPath(place).name,
        content_type=type,
        headers=headers,
    )
