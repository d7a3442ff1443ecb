"""Middleware: headers of all answers, and a guard against a faulty parameter of the admin."""

from django.contrib.admin.options import TO_FIELD_VAR

# No page uses a camera, a microphone or a position, so none may ask for one.
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
    """Set headers that switch off browser features and, unless a view says otherwise, caching."""

    def middleware(request):
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        # Other sites may not embed answers. Pictures and the icon say otherwise themselves: feed
        # readers and cards of other sites show them in browsers.
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware


class NoEmptyField:
    """
    Ignores an empty `_to_field` in requests to the admin.

    Django's admin takes the empty string for the name of a field, finds no such field, and
    answers 500.
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
        # The body was read before, to find the CSRF token.
        if request.method == "POST" and request.POST.get(TO_FIELD_VAR) == "":
            request.POST = _without_field(request.POST)


def _without_field(data):
    data = data.copy()
    del data[TO_FIELD_VAR]
    return data
