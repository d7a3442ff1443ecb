"""A folder in which a file is there completely or not at all."""

import os
import secrets
from pathlib import PurePosixPath

from django.core.files.storage import FileSystemStorage

# The ending of a file that is still being written.
DRAFT = ".part"


class WholeFileStorage(FileSystemStorage):
    """
    Django's storage in a folder, which writes a draft first and renames it.

    When the disk is full or the process is killed, no half file stands under a name that is used.
    """

    def _save(self, name, content):
        folder = PurePosixPath(name).parent
        draft = str(folder / f".{secrets.token_hex(8)}{DRAFT}")
        try:
            super()._save(draft, content)
            while self.exists(name):
                name = self.get_alternative_name(*os.path.splitext(name))
            os.rename(self.path(draft), self.path(name))
        except BaseException:
            self.delete(draft)
            raise
        return name
