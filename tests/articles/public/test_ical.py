from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import CalendarAddress
from articles.public import ical
from articles.public.ical import escaped, folded, written
from tests.factories import DAY, make_article, make_user, make_visible_article


@pytest.fixture
def address(db):
    return CalendarAddress.objects.renew(make_user(role="Editors"))


def read(client, address):
    """The lines of the calendar, unfolded."""
    answer = client.get(address.get_absolute_url())
    assert answer.status_code == 200
    return answer.content.decode().replace("\r\n ", "").split("\r\n")


def test_a_program_reads_what_is_planned_and_scheduled(client, address):
    with time_machine.travel("2026-11-20 12:00+00:00", tick=False):
        planned = make_article(title="Fish, chips; peas", planned_for=date(2026, 12, 1))
        make_visible_article(
            title="Ready", published_at=datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
        )
        make_visible_article(title="Out already")
        lines = read(client, address)
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert lines.count("BEGIN:VEVENT") == 2
    assert "SUMMARY:Planned: Fish\\, chips\\; peas" in lines
    assert "DTSTART;VALUE=DATE:20261201" in lines
    assert "SUMMARY:Scheduled: Ready" in lines
    assert "DTSTART:20261124T183000Z" in lines
    assert "DTSTAMP:20261120T120000Z" in lines
    assert f"UID:article-{planned.pk}-planned@localhost" in lines
    assert "Out already" not in "".join(lines)


def test_no_cache_and_no_index_keeps_the_calendar(client, address):
    answer = client.get(address.get_absolute_url())
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.parametrize("left", [{"is_active": False}, {"is_staff": False}])
def test_whoever_left_the_desk_reads_nothing_any_more(client, address, left):
    for name, value in left.items():
        setattr(address.user, name, value)
    address.user.save()
    assert client.get(address.get_absolute_url()).status_code == 404


def test_whoever_lost_the_role_reads_nothing_any_more(client, address):
    address.user.groups.clear()
    assert client.get(address.get_absolute_url()).status_code == 404


def test_a_writer_reads_only_their_own(client, db):
    writer = make_user(role="Writers")
    tomorrow = timezone.localdate() + DAY
    make_article(title="Own", planned_for=tomorrow, created_by=writer)
    make_article(title="Other", planned_for=tomorrow)
    lines = read(client, CalendarAddress.objects.renew(writer))
    assert [line for line in lines if "SUMMARY" in line] == ["SUMMARY:Planned: Own"]


def test_an_unknown_address_finds_nothing(client, address):
    assert client.get("/calendar/x.ics").status_code == 404
    assert client.post(address.get_absolute_url()).status_code == 405


def test_the_calendar_is_bounded_in_time_and_in_number(client, address, monkeypatch):
    today = timezone.localdate()
    for days in [-400, -1, 1, 2, 400]:
        make_article(planned_for=today + timedelta(days=days))
    assert read(client, address).count("BEGIN:VEVENT") == 3
    monkeypatch.setattr(ical, "LISTED", 2)
    assert read(client, address).count("BEGIN:VEVENT") == 2


def test_the_calendar_takes_the_same_queries_for_one_and_for_many(client, address):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            read(client, address)
        return len(captured)

    make_article(planned_for=timezone.localdate())
    one = queries()
    for _ in range(9):
        make_article(planned_for=timezone.localdate())
    assert queries() == one


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a,b;c\\d", "a\\,b\\;c\\\\d"),
        ("one\ntwo\r\nthree\rfour", "one\\ntwo\\nthree\\nfour"),
        ("no\x00\x07\tcontrol\x7f", "nocontrol"),
        ("“Ж” 漢 👩‍🚒", "“Ж” 漢 👩‍🚒"),
    ],
)
def test_text_is_escaped(text, value):
    assert escaped(text) == value


@pytest.mark.parametrize("sign", ["x", "é", "漢", "👩"])
@pytest.mark.parametrize("length", [0, 1, 74, 75, 76, 300])
def test_a_line_has_at_most_75_octets_and_breaks_inside_no_character(sign, length):
    line = sign * length
    parts = folded(line).split("\r\n")
    assert all(len(part.encode()) <= 75 for part in parts)
    assert all(part.startswith(" ") for part in parts[1:])
    assert "".join([parts[0], *(part[1:] for part in parts[1:])]) == line


def test_a_title_cannot_write_lines_of_its_own():
    file = written([[f"SUMMARY:{escaped('x\r\nEND:VEVENT\r\nBEGIN:VALARM')}"]])
    assert file.count("\r\nEND:VEVENT") == 1
    assert "\r\nBEGIN:VALARM" not in file


def test_an_address_does_not_open_what_came_later_under_the_same_numbers(
    client, address
):
    before, number, user = address.get_absolute_url(), address.pk, address.user_id
    address.user.delete()
    other = make_user(pk=user, role="Editors")
    later = CalendarAddress.objects.create(pk=number, user=other)
    assert client.get(before).status_code == 404
    assert client.get(later.get_absolute_url()).status_code == 200
