"""The queue: the page on which moderators read comments, decide, and undo."""

from dataclasses import dataclass, replace
from functools import wraps
from typing import Self
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms.widgets import Script
from django.http import HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from articles.core.admin.read_only import RecordMixin
from articles.models import Article, TransitionError
from comments.admin import columns
from comments.admin.queue_form import ANSWERS, REJECT_BUTTONS, QueueForm
from comments.models import Batch, Comment, Queue
from comments.moderation.bulk import BulkOutcome, decide_together, undo_together
from comments.moderation.queue import (
    MOST_QUEUE_COUNTED,
    NEW_COUNTED,
    QUEUE_LISTS,
    WAITING,
    QueueList,
    ShownState,
    by_article,
    card_after,
    cards_of,
    cards_since,
    queue_page,
    second_looks,
    seen,
)
from comments.moderation.staff_replies import answer
from comments.threads.pages import thread_of

QUEUE_MESSAGES = {
    # Translators: these say what was done, before a colon and a name: “Approved: Ana”.
    "approve": pgettext_lazy("what was done to a comment", "Approved"),
    "reject": pgettext_lazy("what was done to a comment", "Rejected"),
    "mark_spam": _("Marked as spam"),
    "keep": _("Kept as it was"),
    "pick": _("Picked"),
    "unpick": _("Removed from picks"),
    "undo": pgettext_lazy("what was done to a comment", "Undone"),
    "answer": _("Replied"),
    "approve_and_answer": _("Approved and replied"),
    "thread": _("Conversation changed"),
}
# To undo an undo, decide again. A staff reply is a comment of its own, and a conversation
# is changed back where it was changed.
NOT_UNDONE_HERE = {"undo", "answer", "thread"}
# After these steps the comment still waits for a decision.
LEFT_OPEN = {"undo", "thread"}


@dataclass(frozen=True)
class QueuePlace:
    """A place in the queue: which list, which part of it, in which order."""

    pile: QueueList = WAITING
    article: int | None = None
    after: str = ""
    since: str = ""
    arranged: str = ""

    @classmethod
    def parse(cls, query: QueryDict) -> Self:
        """The place that the address names. Invalid values count as missing."""
        article = query.get("article", "")
        is_key = article.isdecimal() and len(article) < 16
        return cls(
            pile=QUEUE_LISTS.get(query.get("pile"), WAITING),
            article=int(article) if is_key else None,
            after=query.get("after", "")[:60],
            since=query.get("since", "")[:60],
            arranged="article" if query.get("order") == "article" else "",
        )

    def __str__(self) -> str:
        said = {
            "pile": self.pile.name,
            "article": self.article,
            "order": self.arranged,
            "after": self.after,
            "since": self.since,
        }
        return urlencode({name: value for name, value in said.items() if value})

    def address(self, *, fragment: str = "", **said: str) -> str:
        query = "&".join(filter(None, [str(self), urlencode(said)]))
        anchor = f"#{fragment}" if fragment else ""
        return f"{reverse('admin:comments_queue_changelist')}?{query}{anchor}"

    def start(self, **changes) -> Self:
        """The first page of this part of the queue, or of another one."""
        return replace(self, **{"after": "", "since": ""} | changes)


def for_moderators(view):
    @wraps(view)
    def checked(self, request, *args, **kwargs):
        if not self.has_view_permission(request):
            raise PermissionDenied
        return view(self, request, *args, **kwargs)

    return checked


@admin.register(Queue)
class QueueAdmin(RecordMixin, admin.ModelAdmin):
    class Media:
        css = {
            "all": [
                "desk/desk.css",
                "desk/moderation.css",
                "desk/people.css",
                "desk/queue.css",
                "desk/queue_card.css",
                "desk/queue_selection.css",
            ],
        }
        js = [Script("desk/queue.js", type="module")]

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("comments.moderate_comment")

    def has_answer_permission(self, request):
        return self.has_view_permission(request) and request.user.has_perm(
            "comments.add_comment"
        )

    def get_urls(self):
        views = {
            "changelist": ("", self.changelist_view),
            "decide": ("decide/", self.decide_view),
            "undo": ("undo/", self.undo_view),
            "news": ("news/", self.news_view),
        }
        return [
            path(route, self.admin_site.admin_view(view), name=f"comments_queue_{name}")
            for name, (route, view) in views.items()
        ]

    # Reading

    @method_decorator(require_GET)
    @for_moderators
    def changelist_view(self, request, extra_context=None):
        return self._page(request, QueuePlace.parse(request.GET))

    @method_decorator(require_GET)
    @for_moderators
    def news_view(self, request):
        """How many comments have come since the page was drawn."""
        place = QueuePlace.parse(request.GET)
        number = len(place.pile.keys_since(place.since, place.article))
        # Translators: the number of new comments in the queue.
        said = ngettext("%(number)s new", "%(number)s new", number)
        return JsonResponse(
            {"new": number, "said": said % {"number": _capped(number, NEW_COUNTED)}}
        )

    # Deciding

    @method_decorator(require_POST)
    @for_moderators
    def decide_view(self, request):
        form, place = QueueForm(request.POST), _place_of(request)
        if not form.is_valid():
            return self._ask_to_correct(request, place, form)
        if form.answers and not self.has_answer_permission(request):
            raise PermissionDenied
        outcome = _take(by=request.user, **form.cleaned_data)
        step = form.cleaned_data["step"].partition("-")[0]
        return self._say(request, place, step, outcome, form=form)

    @method_decorator(require_POST)
    @for_moderators
    def undo_view(self, request):
        """Undo the decisions of one bulk action or one button."""
        key = request.POST.get("batch", "")
        is_key = key.isdecimal() and len(key) < 16
        batch = get_object_or_404(Batch, pk=int(key) if is_key else 0)
        place = _place_of(request)
        try:
            outcome = undo_together(batch, by=request.user)
        except TransitionError as error:
            return self._refuse(request, place, str(error))
        return self._say(request, place, "undo", outcome)

    # Responses

    def _say(self, request, place, step, outcome, *, form=None):
        """The response to a decision: a page, or for the page's script its parts."""
        stale = _stale(outcome, form)
        if _is_asked_by_script(request):
            return self._parts(request, place, step, outcome, stale, form)
        if stale:
            return self._ask_again(request, place, step, outcome, stale)
        self.message_user(request, _sentence(step, outcome.done), messages.SUCCESS)
        after = request.POST.get("next", "")
        fragment = f"comment-{after}" if after.isdecimal() else ""
        undo = _undo_of(step, outcome)
        said = {"undo": undo} if undo else {}
        return HttpResponseRedirect(place.address(fragment=fragment, **said))

    def _parts(self, request, place, step, outcome, stale, form):
        done = {comment.pk for comment in outcome.done}
        concerned = done | {card.key for card in stale} | (form.keys if form else set())
        open_again = done if step in LEFT_OPEN else set()
        folded = [] if step in LEFT_OPEN else _decided_cards(request, outcome.done)
        left = concerned - {card.key for card in stale} - (done - open_again)
        parts = [
            *(self._folded(request, place, step, fold, outcome) for fold in folded),
            *(self._card(request, place, card) for card in stale),
            *(self._card(request, place, card) for card in cards_of(left)),
        ]
        said = [str(_plain_sentence(step, outcome.done))] if outcome.done else []
        said += [str(card.notice) for card in stale]
        status = 409 if stale and not done else 200
        answer = {"said": " ".join(said), "keys": sorted(concerned), "parts": parts}
        return JsonResponse(answer, status=status)

    def _card(self, request, place, card, form=None):
        context = self._card_context(request, place) | {"card": card, "form": form}
        html = render_to_string("admin/comments/queue/_card.html", context, request)
        return {"keys": [comment.pk for comment in card.comments], "html": html}

    def _folded(self, request, place, step, comments, outcome):
        context = {
            "done": QUEUE_MESSAGES[step],
            "first": comments[0],
            "keys": " ".join(str(comment.pk) for comment in comments),
            "undo": _undo_button(_undo_of(step, outcome)),
            "all": len(outcome.done),
            "place": place,
        }
        html = render_to_string("admin/comments/queue/_folded.html", context, request)
        return {"keys": [comment.pk for comment in comments], "html": html}

    def _ask_again(self, request, place, step, outcome, stale):
        """The page for comments that were not decided on, because they changed meanwhile."""
        context = {
            "title": _("Check again before you decide"),
            "done": _plain_sentence(step, outcome.done) if outcome.done else "",
            "undo": _undo_button(_undo_of(step, outcome)),
            "cards": stale,
        }
        return self._answer(request, place, context, status=409)

    def _ask_to_correct(self, request, place, form):
        """The page with the words that were sent, and what is wrong with them."""
        if _is_asked_by_script(request):
            fields = [name for name in form.fields if name in form.errors]
            said = {"said": form.sentences, "fields": fields}
            return JsonResponse(said, status=422)
        were = form.cleaned_data.get("seen") or {}
        cards = cards_of(were) if len(were) == 1 else []
        if not cards:
            return self._page(
                request, place, problem=form.sentences, chosen=set(were), status=422
            )
        context = {
            "title": _("Nothing was decided yet"),
            "cards": cards,
            "form": form,
            # The version that was on the screen, until a page shows what has changed since.
            "seen": form.data["seen"],
        }
        return self._answer(request, place, context, status=422)

    def _refuse(self, request, place, sentence):
        if _is_asked_by_script(request):
            return JsonResponse({"said": sentence, "keys": [], "parts": []}, status=409)
        return self._page(request, place, problem=sentence, status=409)

    def _answer(self, request, place, context, *, status):
        context = {
            **self.admin_site.each_context(request),
            **self._card_context(request, place),
            "opts": self.opts,
            "media": self.media,
            **context,
        }
        return TemplateResponse(
            request, "admin/comments/queue/again.html", context, status=status
        )

    def _page(self, request, place, *, problem="", chosen=(), status=200):
        if place.since:
            found = cards_since(place.pile, place.since, article=place.article)
        else:
            found = queue_page(place.pile, article=place.article, after=place.after)
        cards = by_article(found.cards) if place.arranged else found.cards
        context = {
            **self.admin_site.each_context(request),
            **self._card_context(request, place),
            "title": _("Moderation queue"),
            "opts": self.opts,
            "media": self.media,
            "tabs": _tabs(place),
            "decided": QUEUE_LISTS["decided"].title,
            "second_looks": _capped(second_looks(), MOST_QUEUE_COUNTED),
            "cards": list(zip(cards, [*cards[1:], None], strict=False)),
            "article": place.article
            and Article.objects.filter(pk=place.article).defer("body").first(),
            "orders": _orders(place),
            "whole": place.start(article=None),
            "start": place.start() if place.after or place.since else None,
            "next": replace(place, after=found.next) if found.next else None,
            "mark": place.start(since=place.pile.mark()),
            "undo": _undo_button(request.GET.get("undo", "")[:60]),
            "problem": problem,
            "chosen": {str(key) for key in chosen},
        }
        return TemplateResponse(
            request, "admin/comments/queue/page.html", context, status=status
        )

    def _card_context(self, request, place):
        return {
            "place": place,
            "pile_address": place.start(article=None).address(),
            "reasons": [
                (number, step, reason.label)
                for number, (step, reason) in enumerate(REJECT_BUTTONS.items(), start=1)
            ],
            "answers": ANSWERS if self.has_answer_permission(request) else {},
            "policies": QueueForm.base_fields["policy"].choices,
        }


def _take(*, step, seen, by, note, explanation, told, answer, policy, card):
    """Take the step on the comments that were seen: on a single one, or on several as a batch."""
    why = {"note": note}
    if step in REJECT_BUTTONS:
        why |= {
            "reason": REJECT_BUTTONS[step].value,
            "explanation": explanation,
            "told": told,
        }
        step = "reject"
    if len(seen) > 1:
        versions = {key: one.version for key, one in seen.items()}
        return decide_together(step, versions, by=by, **why)
    ((key, one),) = seen.items()
    comment = get_object_or_404(Comment, pk=key)
    outcome = BulkOutcome()
    if step == "thread":
        thread_of(comment.article).set_policy(policy, by=by)
        return BulkOutcome(done=[comment])
    try:
        _take_on_one(step, comment, answer, by=by, seen=one.version, **why)
    except TransitionError as error:
        outcome.skipped.append((comment, str(error)))
    else:
        outcome.done.append(comment)
    return outcome


def _take_on_one(step, comment, words, **why):
    if step in ANSWERS:
        answer(comment, words, approving=step == "approve_and_answer", **why)
        comment.refresh_from_db()
    else:
        getattr(comment, step)(**why)


def _stale(outcome, form):
    """The cards of the comments that were not decided on, each with what has changed."""
    were = form.cleaned_data["seen"] if form else {}
    return [
        card_after(comment, were.get(comment.pk), sentence)
        for comment, sentence in outcome.skipped
    ]


def _decided_cards(request, done):
    """The decided comments as they stood on the page: one card, or each selected comment alone."""
    by_key = {comment.pk: comment for comment in done}
    if request.POST.get("card"):
        return [done] if done else []
    values = [
        [int(word.partition("-")[0]) for word in value.split()]
        for value in request.POST.getlist("seen")
    ]
    folds = [[by_key[key] for key in keys if key in by_key] for keys in values]
    return [fold for fold in folds if fold]


def _undo_of(step, outcome):
    """The value of the undo button: the number of the batch, or the comment in its new version."""
    if step in NOT_UNDONE_HERE or not outcome.done:
        return ""
    return f"batch-{outcome.batch.pk}" if outcome.batch else seen(outcome.done[0])


def _undo_button(text):
    """The form of the undo button; None when the text is no value that a page sent."""
    kind, _, number = text.partition("-")
    if kind == "batch" and number.isdecimal() and len(number) < 16:
        return {
            "action": reverse("admin:comments_queue_undo"),
            "name": "batch",
            "value": number,
        }
    if text and ShownState.parse(text):
        return {
            "action": reverse("admin:comments_queue_decide"),
            "name": "seen",
            "value": text,
        }
    return None


def _sentence(step, done):
    if len(done) != 1:
        return _plain_sentence(step, done)
    return format_html(
        _("{done}: {comment}"),
        done=QUEUE_MESSAGES[step],
        comment=columns.quoted(done[0]),
    )


def _plain_sentence(step, done):
    if len(done) == 1:
        return _("%(done)s: %(name)s") % {
            "done": QUEUE_MESSAGES[step],
            "name": done[0].name,
        }
    return ngettext(
        "%(done)s: %(number)d comment", "%(done)s: %(number)d comments", len(done)
    ) % {"done": QUEUE_MESSAGES[step], "number": len(done)}


def _place_of(request):
    return QueuePlace.parse(QueryDict(request.POST.get("back", "")[:500]))


def _is_asked_by_script(request):
    return request.headers.get("Accept") == "application/json"


def _capped(number, limit):
    return f"{columns.in_digits(limit)}+" if number > limit else str(number)


def _tabs(place):
    """The tab of each list: its count, and whether it is the current one."""
    return [
        (
            place.start(pile=pile, article=None),
            _capped(pile.count(), MOST_QUEUE_COUNTED),
            pile == place.pile,
        )
        for pile in QUEUE_LISTS.values()
    ]


def _orders(place):
    return [
        (place.start(arranged=arranged), label, arranged == place.arranged)
        for arranged, label in [("", place.pile.order), ("article", _("By article"))]
    ]
