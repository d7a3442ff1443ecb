from django.conf import settings


def site(request):
    """What the frame of every page names, and what the site shows at all."""
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "shows_changes": settings.SHOW_CHANGES,
    }
