"""The catalogs are complete, right in form, compiled, and say what the source says."""

import os
import re
import shutil
import subprocess
import sys

import polib
import pytest
from django.conf import settings
from django.utils.translation import to_locale

from newsroom.languages.shipped import SHIPPED
from tests.conftest import REQUIRE_ALL

LOCALE = settings.LOCALE_PATHS[0]
FILES = [
    LOCALE / to_locale(code) / "LC_MESSAGES" / f"{domain}.po"
    for code in SHIPPED
    if code != "en"
    for domain in ["django", "djangojs"]
]
PLACES = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w+\}")


def named(file):
    return f"{file.parent.parent.name}-{file.stem}"


@pytest.mark.parametrize("file", FILES, ids=named)
def test_every_text_is_translated_and_none_is_in_doubt(file):
    catalog = polib.pofile(file)
    assert len(catalog) > 0
    assert [entry.msgid for entry in catalog if not entry.translated()] == []
    assert [entry.msgid for entry in catalog.fuzzy_entries()] == []


@pytest.mark.parametrize("file", FILES, ids=named)
def test_translations_name_the_same_values_and_elements(file):
    for entry in polib.pofile(file):
        versions = (
            entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]
        )
        known = set(PLACES.findall(entry.msgid + (entry.msgid_plural or "")))
        for version in versions:
            # A form for one or two things may leave out the number.
            used = set(PLACES.findall(version))
            assert used <= known, entry.msgid
            if not entry.msgid_plural:
                assert used == known, entry.msgid
            assert sorted(_elements(version)) in (
                sorted(_elements(entry.msgid)),
                sorted(_elements(entry.msgid_plural or entry.msgid)),
            ), entry.msgid


def _elements(text):
    return re.findall(r"</?[a-z]+", text)


@pytest.mark.parametrize("file", FILES, ids=named)
def test_compiled_catalogs_are_those_of_the_texts(file):
    compiled = polib.mofile(file.with_suffix(".mo"))
    written = polib.pofile(file)
    as_dict = {
        (entry.msgctxt, entry.msgid): entry.msgstr or entry.msgstr_plural
        for entry in compiled
    }
    assert as_dict == {
        (entry.msgctxt, entry.msgid): entry.msgstr or entry.msgstr_plural
        for entry in written
    }


def test_the_catalogs_hold_exactly_the_texts_of_the_source(tmp_path):
    if shutil.which("xgettext") is None:
        assert REQUIRE_ALL not in os.environ
        pytest.skip("gettext is not installed")
    root = settings.BASE_DIR
    for name in ["articles", "comments", "newsroom", "templates", "static"]:
        shutil.copytree(
            root / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(root / "manage.py", tmp_path)
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--verbosity", "0"],
        cwd=tmp_path,
        check=True,
    )
    for file in FILES:
        again = tmp_path / file.relative_to(root)
        assert _texts(again) == _texts(file), "run manage.py makemessages"


def _texts(file):
    return [
        (entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in polib.pofile(file)
    ]
