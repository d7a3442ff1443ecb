"""The WSGI application for every server; `manage.py serve` runs newsroom.server.rsgi instead."""

import os

from django.conf import settings
from django.urls import get_resolver

from newsroom.server.database_waits import narrow_for_requests
from newsroom.server.handler import get_application
from newsroom.server.page_cache import PageCache
from newsroom.server.proxies import TrustedProxies
from newsroom.server.session_cookies import KnownSessions

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

application = get_application()
# Before the first connection.
narrow_for_requests(settings.DATABASES["default"])

pages = PageCache(application)
sessions = KnownSessions(pages)
application = TrustedProxies(sessions)

# Load every view now, not while the first reader waits.
get_resolver().url_patterns  # noqa: B018
