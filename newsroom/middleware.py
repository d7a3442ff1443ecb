"""What every answer of the site says, whichever view made it."""

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
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware
