import os
from unittest.mock import patch

import pytest
from django.core.files.base import ContentFile

from articles.images.file_storage import WholeFileStorage


@pytest.fixture
def storage(tmp_path):
    return WholeFileStorage(location=tmp_path)


class Breaking(ContentFile):
    """A file that breaks off, as when the disk is full."""

    def chunks(self, chunk_size=None):
        yield b"half"
        raise OSError("No space left on device")


def test_a_file_is_there_as_it_was_given(storage, tmp_path):
    name = storage.save("ab/c.png", ContentFile(b"whole"))
    assert name == "ab/c.png"
    assert [path.name for path in (tmp_path / "ab").iterdir()] == ["c.png"]
    assert (tmp_path / name).read_bytes() == b"whole"


def test_of_a_file_that_breaks_off_nothing_stays(storage, tmp_path):
    with pytest.raises(OSError, match="No space"):
        storage.save("ab/c.png", Breaking(b""))
    assert list((tmp_path / "ab").iterdir()) == []


def test_a_file_that_appeared_meanwhile_is_not_replaced(storage, tmp_path):
    with patch.object(storage, "get_available_name", lambda name, **limits: name):
        storage.save("c.png", ContentFile(b"first"))
        other = storage.save("c.png", ContentFile(b"second"))
    assert (tmp_path / "c.png").read_bytes() == b"first"
    assert (tmp_path / other).read_bytes() == b"second"


def test_a_file_may_be_read_as_the_settings_say(tmp_path):
    storage = WholeFileStorage(location=tmp_path, file_permissions_mode=0o640)
    storage.save("c.png", ContentFile(b"whole"))
    assert os.stat(tmp_path / "c.png").st_mode & 0o777 == 0o640
