from django.conf import settings


def site(request):
    """Template context of every page: the site's name and address, and which features are on."""
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "shows_changes": settings.SHOW_CHANGES,
    }
