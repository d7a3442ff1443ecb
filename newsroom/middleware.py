"""What every answer of the site says, whichever view made it, and what no view of the admin is asked."""

from django.contrib.admin.options import TO_FIELD_VAR

# Nothing here uses a camera, a microphone or a place, and no page of ours may ask for one.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in [
        "camera",
        "display-capture",
        "geolocation",
        "microphone",
        "payment",
        "usb",
        "browsing-topics",
    ]
)


def standing_headers(get_response):
    """Give up the browser's features, and let nobody keep what a view did not call public."""

    def middleware(request):
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        # No other site shows what is not meant for it. Pictures and the icon say otherwise
        # themselves: readers of feeds and cards of other sites show them in browsers.
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware


class NoEmptyField:
    """
    At the desk, an empty `_to_field` is none.

    The admin, also that of Django's own models, looks for a field with that name, finds
    none, and answers 500.
    """

    def __init__(self, get_response):
        self._get_response = get_response

    def __call__(self, request):
        return self._get_response(request)

    def process_view(self, request, view, args, kwargs):
        if "admin" not in request.resolver_match.app_names:
            return
        if request.GET.get(TO_FIELD_VAR) == "":
            request.GET = _without_field(request.GET)
        # Read already, to find Django's token.
        if request.method == "POST" and request.POST.get(TO_FIELD_VAR) == "":
            request.POST = _without_field(request.POST)


def _without_field(data):
    data = data.copy()
    del data[TO_FIELD_VAR]
    return data
