import pytest

from comments.screening import names
from comments.screening.names import (
    BADGE,
    look_alike_byline,
    look_alike_newsroom,
    look_alike_staff,
)
from comments.screening.records import Account, Finding, Posted

ANA = Account("aruiz", "Ana Ruiz")
TOM = Account("tom.ash")


def posted(name, **fields):
    return Posted(name=name, body="A remark.", **fields)


def words(rule, comment):
    return [word for finding in rule(comment) for word in finding.words]


@pytest.mark.parametrize(
    "name",
    ["Ana Ruiz", "ANA RUIZ", "Аna\u200b Ruíz", "A. n. a. Ruiz ✅", "aruiz", "ARU1Z"],
)
def test_a_name_that_looks_like_an_account_of_the_staff_is_found(name):
    comment = posted(name, staff=(TOM, ANA))
    assert list(look_alike_staff(comment)) == [
        Finding("look_alike_staff", words=("Ana Ruiz",))
    ]


def test_who_has_no_full_name_is_named_by_the_user_name():
    assert words(look_alike_staff, posted("Tom Ash", staff=(TOM, ANA))) == ["tom.ash"]


@pytest.mark.parametrize("name", ["Ana", "Ruiz", "Ana R.", "Ana Ruiz Soler", "Anna"])
def test_who_shares_a_part_of_a_name_is_nobody_else(name):
    comment = posted(name, staff=(ANA,), bylines=("Ana Ruiz",))
    assert not words(look_alike_staff, comment)
    assert not words(look_alike_byline, comment)


def test_a_name_that_looks_like_that_of_a_byline_is_found():
    comment = posted("ANА RUIZ", bylines=("Ana Ruiz", "Ana Ruíz"))
    assert words(look_alike_byline, comment) == ["Ana Ruiz", "Ana Ruíz"]


def test_each_one_that_it_resembles_is_named_once():
    comment = posted("Ana Ruiz", staff=(ANA, Account("ana", "Ana Ruiz")))
    assert words(look_alike_staff, comment) == ["Ana Ruiz"]


@pytest.mark.parametrize("name", ["Ana Ruiz", "ana ruiz", "aruiz"])
def test_who_is_signed_in_may_use_the_own_name(name):
    comment = posted(name, by=ANA, staff=(ANA, TOM), bylines=("Ana Ruiz",))
    assert not words(look_alike_staff, comment)
    assert not words(look_alike_byline, comment)


def test_who_is_signed_in_may_not_use_that_of_another():
    comment = posted("Ana Ruiz", by=TOM, staff=(ANA, TOM), bylines=("Ana Ruiz",))
    assert words(look_alike_staff, comment) == ["Ana Ruiz"]
    assert words(look_alike_byline, comment) == ["Ana Ruiz"]


@pytest.mark.parametrize(
    ("name", "claim"),
    [
        ("Moderator", "Moderator"),
        ("The Moderator", "Moderator"),
        ("M0DERATOR", "Moderator"),
        ("Аdmin", "Admin"),
        ("editor in chief", "Editor-in-chief"),
        ("The Daily Tide", "The Daily Tide"),
        ("Daily Tide", "Daily Tide"),
        ("The Daily Tide staff", "The Daily Tide Staff"),
        ("Inés · Newsroom staff", BADGE),
        ("Inés NEWSR00M STAFF", BADGE),
    ],
)
def test_a_name_that_speaks_for_the_newsroom_is_found(name, claim):
    site = claim if claim == "Daily Tide" else "The Daily Tide"
    assert claim in words(look_alike_newsroom, posted(name, site_name=site))


def test_the_badge_and_the_roles_count_in_the_language_of_the_site(monkeypatch):
    german = {"Newsroom staff": "Redaktion", "Webmaster": "Seitenmeister"}
    monkeypatch.setattr(names, "gettext", lambda text: german.get(text, text))
    assert words(look_alike_newsroom, posted("Inés · Redaktion")) == ["Redaktion"]
    assert words(look_alike_newsroom, posted("Seitenmeister")) == ["Seitenmeister"]
    assert words(look_alike_newsroom, posted("Webmaster")) == ["Webmaster"]


@pytest.mark.parametrize(
    "name", ["Inés", "Edi", "Staffan", "Ted Moder", "Daily", "A tide", "Newsroom fan"]
)
def test_other_names_do_not_speak_for_it(name):
    assert not words(look_alike_newsroom, posted(name, site_name="The Daily Tide"))


def test_who_is_signed_in_may_speak_for_it():
    assert not words(look_alike_newsroom, posted("The newsroom", by=TOM))
