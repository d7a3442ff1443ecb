"""The addresses of the queue, pressing its buttons, and reading its cards."""

from comments.moderation.queue import seen

QUEUE = "/admin/comments/queue/"
DECIDE, UNDO, NEWS = f"{QUEUE}decide/", f"{QUEUE}undo/", f"{QUEUE}news/"
SCRIPT = {"Accept": "application/json"}
DIFFERENT = [
    "The harbour master has known of the leak since March.",
    "My grandmother baked bread for the whole street.",
    "Who pays for the bridge when the tram is late again?",
    "Please print the figures of the last election in full.",
]


def press(client, step, *comments, script=False, **words):
    data = {"step": step, "seen": [seen(comment) for comment in comments], **words}
    return client.post(DECIDE, data, headers=SCRIPT if script else {})


def cards(page):
    return [card.comment.pk for card, _ in page.context["cards"]]


def keys(comments):
    return [comment.pk for comment in comments]
