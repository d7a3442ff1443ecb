from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from comments.screening import repeats
from comments.screening.records import Earlier, Posted
from comments.screening.rules import RULES

NOW = timezone.now()
MINUTE = timedelta(minutes=1)
SAID = "A remark that is long enough to be compared with others"
POSTED = Posted("Inés", SAID, at=NOW, is_trusted=True)


def after(*earlier):
    posted = replace(POSTED, earlier=earlier)
    return {
        finding.rule: finding.value
        for rule in RULES
        for finding in rule.found_in(posted)
    }


def test_the_same_words_are_found_whatever_they_are_written_in():
    assert after(Earlier(1, NOW, f"{SAID.upper()}!!"))["repeated_text"] == 1


def test_nearly_the_same_words_are_not_the_same():
    found = after(Earlier(1, NOW, f"Well, {SAID}"))
    assert found.keys() == {"similar_text"}
    assert 0.6 <= found["similar_text"] < 1


def test_short_words_that_many_say_are_not_compared_for_likeness():
    posted = replace(POSTED, body="I agree!", earlier=(Earlier(1, NOW, "I agree too"),))
    assert [rule.name for rule in RULES if rule.found_in(posted)] == []


def test_likeness_is_found_in_a_script_without_spaces():
    said = "このサイトで簡単に稼げます今すぐ登録してください"
    earlier = Earlier(1, NOW, f"{said}ね")
    posted = replace(POSTED, body=said, earlier=(earlier,))
    [found] = repeats.similar_text(posted, 0.6)
    assert found.value > 0.8
    agreed = replace(
        POSTED, body="そうですね", earlier=(Earlier(1, NOW, "そうですよ"),)
    )
    assert not list(repeats.similar_text(agreed, 0.1))


def test_many_from_one_sender_within_ten_minutes_are_a_flood():
    def sent(minutes):
        return Earlier(1, NOW - minutes * MINUTE, "x", is_from_sender=True)

    assert after(sent(1), sent(5), sent(9)) == {"flood": 4}
    assert after(sent(1), sent(5), sent(11)) == {}
    others = [replace(sent(1), is_from_sender=False)] * 9
    assert after(*others) == {}


def test_without_the_time_of_a_comment_nothing_is_a_flood():
    sent = Earlier(1, NOW, "x", is_from_sender=True)
    posted = replace(POSTED, at=None, earlier=(sent,) * 9)
    assert list(repeats.flood(posted, limit=3)) == []


def test_what_others_wrote_is_folded_once_and_not_with_every_comment(monkeypatch):
    """The last sixty of the site may be long: folding them took most of a quarter of a second."""
    folded = []

    def fold(text):
        folded.append(text)
        return text.casefold()

    monkeypatch.setattr(repeats, "fold", fold)
    monkeypatch.setattr("articles.core.text.shingles.fold", fold)
    now = timezone.now()
    earlier = tuple(
        Earlier(number, now, f"Others said this {number} " * 20, "", False)
        for number in range(20)
    )
    for number in range(3):
        posted = Posted(
            name="Inés", body=f"My own words {number} " * 20, at=now, earlier=earlier
        )
        list(repeats.repeated_text(posted))
        list(repeats.similar_text(posted, 0.8))
    assert max(map(folded.count, [one.body for one in earlier])) <= 2
