"""What the reader takes of an archive that somebody else has written, and what it refuses."""

import io
import tarfile

import pytest

from newsroom.backup.archive import ArchiveReader, ArchiveWriter
from newsroom.backup.errors import BackupError


@pytest.fixture
def path(tmp_path):
    return tmp_path / "some.tar"


def written(path, members):
    with path.open("wb+") as file:
        writer = ArchiveWriter(file)
        for name, content in members.items():
            with writer.member(name) as member:
                member.write(content)
        writer.finish()


def contents(path):
    with path.open("rb") as file:
        reader = ArchiveReader(file)
        return {name: reader.open(name).readall() for name in reader.names()}


MEMBERS = {"a": b"", "tables/b.gz": b"x" * 512, "media/ü/" + "n" * 300: b"y" * 1000}


def test_what_is_written_is_read(path):
    written(path, MEMBERS)
    assert contents(path) == MEMBERS


def test_every_tar_reads_it(path):
    written(path, MEMBERS)
    with tarfile.open(path) as tar:
        assert {
            info.name: tar.extractfile(info).read() for info in tar.getmembers()
        } == MEMBERS


def test_it_reads_what_gnu_tar_makes(path):
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tar:
        for name, content in MEMBERS.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    assert contents(path) == MEMBERS


@pytest.mark.parametrize(
    "name",
    [
        "../outside", "media/../../outside", "/etc/passwd", "media//x", "media/./x",
        "media/.hidden", "C:\\x", "media\\..\\x", "a\nb", "a\x7f", "media/",
    ],
)  # fmt: skip
def test_no_name_leads_out_of_the_folder(path, name):
    written(path, {name: b"x"})
    with pytest.raises(BackupError, match="no name"):
        contents(path)


@pytest.mark.parametrize(
    "kind",
    [
        tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE,
        tarfile.GNUTYPE_SPARSE, tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.CONTTYPE,
    ],
)  # fmt: skip
def test_only_plain_files_are_taken(path, kind):
    info = tarfile.TarInfo("media/x")
    info.type, info.linkname = kind, "/etc/passwd"
    path.write_bytes(info.tobuf(tarfile.GNU_FORMAT) + bytes(1024))
    with pytest.raises(BackupError, match="not a plain file"):
        contents(path)


def test_a_name_twice_is_refused(path):
    with path.open("wb+") as file:
        writer = ArchiveWriter(file)
        for _ in range(2):
            with writer.member("a") as member:
                member.write(b"x")
        writer.finish()
    with pytest.raises(BackupError, match="twice"):
        contents(path)


def test_an_archive_that_ends_too_early_names_the_member(path):
    written(path, MEMBERS)
    path.write_bytes(path.read_bytes()[: 512 + 512 + 100])
    with pytest.raises(BackupError, match=r"tables/b\.gz is cut off"):
        contents(path)


@pytest.mark.parametrize("size", [2**62, -1, -(2**40)])
def test_a_size_that_cannot_be_is_refused(path, size):
    info = tarfile.TarInfo("a")
    info.size = size
    path.write_bytes(info.tobuf(tarfile.GNU_FORMAT) + bytes(1024))
    with pytest.raises(BackupError, match="cut off|no possible size"):
        contents(path)


@pytest.mark.parametrize("content", [b"", b"x", b"PK\3\4" * 400, b"\0" * 511])
def test_other_files_are_no_backup(path, content):
    path.write_bytes(content)
    with pytest.raises(BackupError, match="no backup"):
        contents(path)
