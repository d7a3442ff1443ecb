"""The door for the web server."""

import os

from django.urls import get_resolver

from newsroom.handler import get_application
from newsroom.pagecache import PageCache
from newsroom.proxies import TrustedProxies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

application = TrustedProxies(PageCache(get_application()))

# Every view is loaded now, and not while the first reader waits.
get_resolver().url_patterns  # noqa: B018
