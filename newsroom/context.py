from django.conf import settings


def site(request):
    """What the frame of every page names."""
    return {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL}
