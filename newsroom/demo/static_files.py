"""Collect the static files for the demo if they have changed, because it takes seconds."""

import os
from hashlib import sha256

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def collect() -> bool:
    """Collect the static files if they have changed. Returns whether it was done."""
    # Written last: it is missing or old if collecting was interrupted.
    mark = settings.VAR_DIR / "static-files-collected"
    now = _fingerprint()
    if mark.exists() and mark.read_text() == now and settings.STATIC_ROOT.is_dir():
        return False
    # Without `clear`, a file of a newer package whose time is older would be passed over.
    call_command("collectstatic", clear=True, interactive=False, verbosity=0)
    mark.write_text(now)
    return True


def _fingerprint():
    files = sorted(
        (path, storage.path(path), os.stat(storage.path(path)))
        for finder in get_finders()
        for path, storage in finder.list([])
    )
    facts = [(path, file, stat.st_size, stat.st_mtime_ns) for path, file, stat in files]
    return sha256(repr(facts).encode()).hexdigest()
