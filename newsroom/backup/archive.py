"""
The tar file of a backup: members are written one after the other, and read by their names.

The module `tarfile` only makes and parses the headers. Written this way a member needs no second
copy on the disk to know its size, and an archive that somebody has prepared cannot make the reader
follow links, leave its folder or fill the memory.
"""

import hashlib
import io
import os
import re
import tarfile
import time
from contextlib import contextmanager

from newsroom.backup.errors import BackupError

BLOCK = tarfile.BLOCKSIZE  # 512 bytes
# GNU's form has no limit of size for a member, and one extra block for a long name.
FORMAT = tarfile.GNU_FORMAT
# In bytes: the longest name of a member. A name of a file in the database has at most 500
# characters, of up to four bytes each.
LONGEST_NAME = 4096
# Names of members: parts of letters, digits and some signs. No part begins with a dot.
SAFE_NAME = re.compile(
    r"[^\W.][^\0-\x1f\x7f/\\]*(/[^\0-\x1f\x7f/\\.][^\0-\x1f\x7f/\\]*)*"
)
# In bytes: the part of a file that is in memory at once.
PIECE = 1024 * 1024


class MemberWriter:
    """The open member of an archive: counts and hashes what is written into it."""

    def __init__(self, file):
        self._file = file
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, content: bytes) -> int:
        self._file.write(content)
        self._hash.update(content)
        self.size += len(content)
        return len(content)

    def flush(self):
        """`GzipFile` calls it; the archive itself is flushed when it is whole."""

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


class ArchiveWriter:
    """Writes members into `file`, an empty binary file that can seek."""

    def __init__(self, file):
        self._file = file

    @contextmanager
    def member(self, name: str):
        """A MemberWriter for the next member; its header is completed at the end."""
        start = self._file.tell()
        self._file.write(_header(name, 0))
        writer = MemberWriter(self._file)
        yield writer
        self._file.write(bytes(-writer.size % BLOCK))
        end = self._file.tell()
        self._file.seek(start)
        self._file.write(_header(name, writer.size))
        self._file.seek(end)

    def finish(self):
        """Write the end of the archive, and wait until everything is on the disk."""
        self._file.write(bytes(2 * BLOCK))
        self._file.flush()
        os.fsync(self._file.fileno())


def _header(name, size):
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o600, int(time.time())
    return info.tobuf(FORMAT)


class MemberReader(io.RawIOBase):
    """The bytes of one member; hashes what is read."""

    def __init__(self, file, start, size):
        self._file, self._at, self._left = file, start, size
        self._hash = hashlib.sha256()

    def readable(self):
        return True

    def readinto(self, buffer):
        self._file.seek(self._at)
        content = self._file.read(min(len(buffer), self._left))
        self._hash.update(content)
        self._at += len(content)
        self._left -= len(content)
        buffer[: len(content)] = content
        return len(content)

    def sha256(self) -> str:
        """The hash of the whole member; what was not read so far is read now."""
        while self.read(PIECE):
            pass
        return self._hash.hexdigest()


class ArchiveReader:
    """
    Reads the members of an archive that ArchiveWriter has written into `file`.

    Raises BackupError for anything else: links, devices, sparse files, unsafe or repeated
    names, headers that are damaged, and an archive that ends too early.
    """

    def __init__(self, file):
        self._file = file
        file.seek(0, os.SEEK_END)
        self._end = file.tell()
        # Name: where the member begins, and its size in bytes.
        self._members: dict[str, tuple[int, int]] = {}
        self._find_members()

    def names(self) -> list[str]:
        return list(self._members)

    def size(self, name: str) -> int:
        """In bytes. Raises BackupError if there is no such member."""
        if name not in self._members:
            raise BackupError(f"{name} is missing: the backup is damaged.")
        return self._members[name][1]

    def open(self, name: str) -> MemberReader:
        """Raises BackupError if there is no such member."""
        self.size(name)
        return MemberReader(self._file, *self._members[name])

    def _find_members(self):
        at, long_name = 0, None
        while True:
            header = self._header_at(at)
            if header is None:
                return
            start = at + BLOCK
            if start + header.size > self._end:
                raise BackupError(f"{header.name} is cut off: the backup is damaged.")
            at = start + header.size + -header.size % BLOCK
            if header.type == tarfile.GNUTYPE_LONGNAME and long_name is None:
                long_name = self._long_name(start, header.size)
                continue
            self._add(long_name or header.name, header, start)
            long_name = None

    def _header_at(self, at):
        """The header there; None for the zeros at the end of the archive."""
        self._file.seek(at)
        block = self._file.read(BLOCK)
        if block == bytes(BLOCK):
            return None
        try:
            header = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
        except (tarfile.HeaderError, UnicodeDecodeError, ValueError) as error:
            raise BackupError(
                f"Byte {at:,} is no header of a member: the file is damaged, or no backup."
            ) from error
        if header.size < 0:
            raise BackupError(f"{header.name!r} has no possible size.")
        return header

    def _long_name(self, start, size):
        if size > LONGEST_NAME:
            raise BackupError("A member has a name that is too long for a backup.")
        self._file.seek(start)
        name = self._file.read(size).rstrip(b"\0")
        try:
            return name.decode()
        except UnicodeDecodeError as error:
            raise BackupError(f"{name!r} is no name of a member.") from error

    def _add(self, name, header, start):
        if header.type not in {tarfile.REGTYPE, tarfile.AREGTYPE}:
            raise BackupError(f"{name!r} is not a plain file, as all of a backup are.")
        if not SAFE_NAME.fullmatch(name):
            raise BackupError(f"{name!r} is no name that a backup has.")
        if name in self._members:
            raise BackupError(f"{name} is in it twice: this is no backup of ours.")
        self._members[name] = (start, header.size)
