import pytest
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

EDITH = User(
    username="edith.marlow",
    first_name="Edith",
    last_name="Marlow",
    email="edith@harrow.example",
)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "four-hills-over-a-river",
        "Wir fahren übers Meer",
        "8d0k2m5q7s9v",
        "edith likes thunderstorms",
        "七つの海を渡る小さな船と灯台の話",
    ],
)
def test_a_password_that_nobody_expects_is_taken(password):
    validate_password(password, EDITH)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "too short"),
        ("elevenchars", "too short"),
        ("newsroom2026", "name of the site"),
        ("TheHarrowTimes", "name of the site"),
        ("harrowtimes.example", "name of the site"),
        ("edith.marlow1", "name of the site"),
        ("EdithMarlow!!", "name of the site"),
        ("marlow-edith-99", "name of the site"),
        ("password123456", "name of the site"),
        ("football!!2026", "name of the site"),
        ("1qaz2wsx3edc4rfv", "too common"),
        ("aaaaaaaaaaaaaaaa", "repeats itself"),
        ("abcabcabcabcabc", "repeats itself"),
        ("winter winter winter ", "repeats itself"),
        ("abcdefghijklmnop", "follows the alphabet"),
        ("123456789012345", "follows"),
        ("qwertyuiop12345", "follows"),
        ("poiuytrewq54321", "follows"),
    ],
)
def test_a_password_that_is_tried_first_is_refused_with_the_reason(
    settings, password, reason
):
    settings.SITE_NAME = "The Harrow Times"
    settings.SITE_URL = "https://harrowtimes.example"
    with pytest.raises(ValidationError) as refused:
        validate_password(password, EDITH)
    assert reason in " ".join(refused.value.messages)


def test_a_password_of_no_account_is_judged_as_well():
    with pytest.raises(ValidationError):
        validate_password("newsroom2026")
    validate_password("correct horse battery")
