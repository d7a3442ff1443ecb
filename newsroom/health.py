"""Health checks for the machines around the site: is the process alive, is it ready to serve?"""

import logging
import os
import secrets
from pathlib import Path

from django.core.cache import cache
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from newsroom.backup.schedule import newest_backup

logger = logging.getLogger(__name__)


@require_safe
def alive(request):
    """The process answers. Nothing else is checked."""
    return _in_words("alive")


@require_safe
def ready(request):
    """Whether database, cache and storage work. The answer names failures; the log says why."""
    failing = [
        name for name, check in READINESS_CHECKS.items() if not _works(name, check)
    ]
    if failing:
        return _in_words(f"not ready: {', '.join(failing)}", status=503)
    return _in_words("ready")


def database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def memory():
    word = secrets.token_hex(8)
    cache.set("readyz", word, timeout=10)
    # Another request may have stored its own value since.
    if cache.get("readyz") is None:
        raise OSError("The cache forgets what it was given.")


def storage():
    default_storage.exists("readyz")
    if isinstance(default_storage, FileSystemStorage):
        folder = Path(default_storage.location)
        while not folder.exists():
            folder = folder.parent
        if not (folder.is_dir() and os.access(folder, os.W_OK)):
            raise OSError(f"Nothing can be written in {folder}.")


def backup_age():
    """The age of the newest scheduled backup as a timedelta; None if there is none."""
    newest = newest_backup()
    return newest and newest.age


READINESS_CHECKS = {"database": database, "cache": memory, "storage": storage}


def _works(name, check):
    try:
        check()
    except Exception:
        logger.exception("The %s does not work.", name)
        return False
    return True


def _in_words(text, **kwargs):
    return HttpResponse(f"{text}\n", content_type="text/plain; charset=utf-8", **kwargs)
