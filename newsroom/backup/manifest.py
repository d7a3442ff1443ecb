"""The description of a backup that is in it, and checking one that somebody hands over."""

import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from django.conf import settings

from newsroom.backup.archive import ArchiveReader
from newsroom.backup.errors import BackupError

# The number of the format; docs/backups.md describes it. A change that this code could not read
# raises it.
FORMAT = 1
MANIFEST = "manifest.json"
SECRET = "secret_key"  # noqa: S105 - the name of a member, not a secret
# One line of JSON for each original: its name, its size in bytes and its SHA-256.
MEDIA_INDEX = "media.jsonl.gz"
TABLES, MEDIA = "tables/", "media/"
# In bytes. The manifest has some lines for each table, and the names of missing originals.
LARGEST_MANIFEST = 16 * 1024 * 1024
LARGEST_SECRET = 64 * 1024

# What begins to count the steps of a task: its name and their number give a function that is
# called with the number of steps that were done.
Counter = Callable[[str, int], Callable[[int], object]]


def count_nothing(doing: str, total: int) -> Callable[[int], object]:
    return lambda steps: None


def product_version() -> str:
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())
    return project["project"]["version"]


@dataclass(frozen=True)
class Member:
    """A member of the archive: its size in bytes and its SHA-256, as it is stored."""

    size: int
    sha256: str


@dataclass(frozen=True)
class TableMember(Member):
    """A table; `rows_sha256` is of its lines before they were compressed, `length` in bytes."""

    columns: list[str]
    rows: int
    length: int
    rows_sha256: str


@dataclass
class Manifest:
    """What manifest.json says. `heads` are the newest migrations, as pairs of app and name."""

    made_at: str
    version: str
    site: str
    database: str
    heads: list[tuple[str, str]]
    last_keys: dict[str, int]
    format: int = FORMAT
    tables: dict[str, TableMember] = field(default_factory=dict)
    # All other members but the originals, which MEDIA_INDEX lists.
    files: dict[str, Member] = field(default_factory=dict)
    originals: int = 0
    originals_size: int = 0
    # Originals that the database names and the storage does not have.
    missing: list[str] = field(default_factory=list)

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), indent=1, ensure_ascii=False).encode()


@dataclass
class Outcome:
    """What a backup or a restore did: rows by table, originals, and where it is."""

    rows: dict[str, int] = field(default_factory=dict)
    originals: int = 0
    originals_size: int = 0
    missing: list[str] = field(default_factory=list)
    has_secret: bool = False
    # In bytes.
    size: int = 0
    # What the operator has to do or to know.
    remarks: list[str] = field(default_factory=list)


def read_manifest(archive: ArchiveReader) -> Manifest:
    """The manifest of an archive with exactly the members that it names. Raises BackupError."""
    if MANIFEST not in archive.names():
        raise BackupError(
            "There is no manifest in it: it is no backup, or not a whole one."
        )
    if archive.size(MANIFEST) > LARGEST_MANIFEST:
        raise BackupError(f"{MANIFEST} is larger than that of any backup.")
    try:
        said = json.loads(archive.open(MANIFEST).readall())
        found = said["format"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BackupError(
            f"{MANIFEST} cannot be read: the backup is damaged."
        ) from error
    if found != FORMAT:
        raise BackupError(
            f"The backup has the format {found!r}, and this version reads {FORMAT}. "
            "Restore it with the version that made it, or a newer one."
        )
    try:
        manifest = _manifest(said)
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise BackupError(
            f"{MANIFEST} is not as a backup has it: {error!r}."
        ) from error
    _compare_members(archive, manifest)
    return manifest


def _manifest(said):
    kinds = {
        "made_at": str, "version": str, "site": str, "database": str, "heads": list,
        "last_keys": dict, "format": int, "tables": dict, "files": dict,
        "originals": int, "originals_size": int, "missing": list,
    }  # fmt: skip
    for name, kind in kinds.items():
        if type(said[name]) is not kind:
            raise TypeError(name)
    return Manifest(
        **{name: said[name] for name in kinds}
        | {
            "heads": [(str(app), str(name)) for app, name in said["heads"]],
            "last_keys": {
                str(label): int(key) for label, key in said["last_keys"].items()
            },
            "tables": {
                label: _member(TableMember, each)
                for label, each in said["tables"].items()
            },
            "files": {
                name: _member(Member, each) for name, each in said["files"].items()
            },
            "missing": [str(name) for name in said["missing"]],
        }
    )


def _member(kind, said):
    member = kind(**said)
    for name in ["size", "rows", "length"]:
        number = getattr(member, name, 0)
        if type(number) is not int or number < 0:
            raise ValueError(name)
    if not re.fullmatch("[0-9a-f]{64}", member.sha256):
        raise ValueError("sha256")
    return member


def table_member(label: str) -> str:
    return f"{TABLES}{label}.jsonl.gz"


def _compare_members(archive, manifest):
    sizes = {
        table_member(label): table.size for label, table in manifest.tables.items()
    }
    sizes |= {name: file.size for name, file in manifest.files.items()}
    if MEDIA_INDEX not in sizes:
        raise BackupError(f"The manifest does not name {MEDIA_INDEX}.")
    for name, size in sizes.items():
        if archive.size(name) != size:
            raise BackupError(
                f"{name} has another size than it had: the backup is damaged."
            )
    for name in archive.names():
        if name not in sizes and name != MANIFEST and not name.startswith(MEDIA):
            raise BackupError(f"{name} is in it, and the manifest does not name it.")
