"""Django's messages, in a cookie that is named as all cookies of the site are."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class NamedCookieStorage(CookieStorage):
    cookie_name = settings.MESSAGE_COOKIE_NAME


class MessageStorage(FallbackStorage):
    """In a cookie as far as the messages fit, the others in the session."""

    storage_classes = (NamedCookieStorage, SessionStorage)
