import json

from comments.models import Batch
from comments.moderation.queue import seen
from tests.comments.admin.queue_page import (
    DECIDE,
    NEWS,
    QUEUE,
    SCRIPT,
    UNDO,
    cards,
    keys,
    press,
)
from tests.factories import (
    make_comment,
)


def test_the_script_gets_a_line_for_each_card_that_was_decided(
    client, moderator, waiting
):
    values = [f"{seen(waiting[0])} {seen(waiting[1])}", seen(waiting[2])]
    data = {"step": "approve", "seen": values}
    answer = client.post(DECIDE, data, headers=SCRIPT).json()
    assert answer["said"] == "Approved: 3 comments"
    assert answer["keys"] == keys(waiting[:3])
    assert [part["keys"] for part in answer["parts"]] == [
        keys(waiting[:2]),
        keys(waiting[2:3]),
    ]
    assert "Undo all" in answer["parts"][0]["html"]


def test_the_script_gets_back_what_was_taken_out_of_a_card(client, moderator):
    alike = [
        make_comment(body="Buy cheap pills from my good friend now.") for _ in range(3)
    ]
    page = client.get(QUEUE)
    ((card, _),) = page.context["cards"]
    assert card.keys == " ".join(map(str, keys(alike)))
    data = {"step": "mark_spam", "card": card.keys}
    data["seen"] = [seen(comment) for comment in alike[:2]]
    answer = client.post(DECIDE, data, headers=SCRIPT).json()
    folded, left = answer["parts"]
    assert folded["keys"] == keys(alike[:2])
    assert left["keys"] == keys(alike[2:])
    assert 'class="card"' in left["html"]


def test_the_script_gets_a_fresh_card_for_what_is_undone(client, moderator, waiting):
    press(client, "approve", waiting[0])
    waiting[0].refresh_from_db()
    answer = press(client, "undo", waiting[0], script=True).json()
    waiting[0].refresh_from_db()
    (part,) = answer["parts"]
    assert seen(waiting[0]) in part["html"]
    assert "Undo" in answer["said"]
    press(client, "approve", *waiting)
    batch = Batch.objects.get()
    answer = client.post(UNDO, {"batch": batch.pk}, headers=SCRIPT).json()
    assert sorted(answer["keys"]) == keys(waiting)
    assert len(answer["parts"]) == 4


def test_the_script_hears_how_much_is_new_and_nothing_moves_by_itself(
    client, moderator, waiting
):
    mark = client.get(QUEUE).context["mark"]
    assert client.get(f"{NEWS}?{mark}").json() == {"new": 0, "said": "0 new"}
    new = make_comment(body="I am new.")
    assert client.get(f"{NEWS}?{mark}").json() == {"new": 1, "said": "1 new"}
    assert cards(client.get(f"{QUEUE}?{mark}")) == [new.pk]


def test_refusals_are_sentences_for_the_script_too(client, moderator, waiting):
    press(client, "approve", *waiting)
    batch = Batch.objects.get()
    client.post(UNDO, {"batch": batch.pk})
    answer = client.post(UNDO, {"batch": batch.pk}, headers=SCRIPT)
    assert answer.status_code == 409
    assert json.loads(answer.content)["said"].endswith(
        "already undone these decisions."
    )
