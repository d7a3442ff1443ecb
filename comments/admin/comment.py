import re

from django.contrib import admin, messages
from django.contrib.admin import ActionLocation, helpers
from django.contrib.admin.utils import unquote
from django.core.exceptions import BadRequest, PermissionDenied
from django.forms.widgets import Script
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from articles.core.admin.changelist import LongListMixin
from articles.core.admin.prev_next import NeighboursMixin
from articles.core.pagination import Cursor
from articles.core.text.word_diff import by_word
from articles.core.text.word_list import word_list
from articles.models import TransitionError
from comments.admin import columns
from comments.admin.filters import (
    CommentStatusFilter,
    DateFilter,
    SecondLookFilter,
    chosen_look,
    chosen_status,
)
from comments.admin.forms import NO_REASON, ListForm, ModerationForm
from comments.admin.step_messages import (
    DONE_MESSAGES,
    STATUS_MESSAGES,
    STEP_MESSAGES,
)
from comments.models import Comment, Decision
from comments.moderation.bulk import UNSEEN, decide_together
from comments.moderation.redaction import (
    WordsNotThere,
    answers_with,
    redacted,
    suggestions,
)
from comments.moderation.reputation import with_address_of_another
from comments.moderation.staff_replies import answer
from comments.screening.wording import sentence
from comments.threads.pages import thread_of

# Up to this many decisions of one bulk action get a message each; more get a summary.
MESSAGES_EACH = 3
# How many reports of a comment are shown one by one, the newest first.
REPORTS_SHOWN = 50
# A row of the list as it was on the screen: the comment's key and its version.
KEY_AND_VERSION = re.compile(r"([0-9]{1,18})-([0-9]{1,9})")
# How many other comments of the conversation are shown before and after this one.
NEARBY = 3


@admin.register(Comment)
class CommentAdmin(LongListMixin, NeighboursMixin, admin.ModelAdmin):
    """Where moderators decide: in bulk from the list, or on one comment with its context."""

    list_display = ["author", "words", "about", "status_in_colour", "written"]
    list_filter = [CommentStatusFilter, SecondLookFilter, ("created_at", DateFilter)]
    sortable_by = []
    search_fields = ["name", "body", "article__title"]
    search_help_text = _("Name, text or article")
    actions = ["keep", "approve", "reject", "mark_spam", "undo"]
    action_form = ListForm

    class Media:
        css = {"all": ["desk/moderation.css"]}
        js = [Script("desk/moderation.js", type="module")]

    # Permissions. Readers write comments and nobody deletes them; to change one is to decide on it.

    def has_moderate_permission(self, request):
        return request.user.has_perm("comments.moderate_comment")

    def has_answer_permission(self, request):
        return self.has_moderate_permission(request) and request.user.has_perm(
            "comments.add_comment"
        )

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm(
            "comments.view_comment"
        ) or self.has_moderate_permission(request)

    def has_change_permission(self, request, obj=None):
        return self.has_moderate_permission(request)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def lookup_allowed(self, lookup, value, request):
        # Only moderators may see these. A filter typed by hand must not reveal them.
        if lookup.split("__")[0] in {"email", "network", "repeat_key"}:
            return False
        return super().lookup_allowed(lookup, value, request)

    def get_actions(self, request, action_location=ActionLocation.CHANGE_LIST):
        actions = super().get_actions(request, action_location)
        if not chosen_look(request):
            # It answers reports and appeals, so it is offered only in the lists of these.
            actions.pop("keep", None)
        return actions

    # The list

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .select_related("article__thread", "parent", "root", "appeal")
            .defer("article__body")
            .prefetch_related("decisions")
            # The list orders by get_ordering(), and would otherwise order twice.
            .order_by()
        )

    def get_ordering(self, request):
        """What waits longest first, the most reported first; in other lists the newest first."""
        look, chosen = chosen_look(request), chosen_status(request)
        if look == "reported":
            return ["-open_reports", "-created_at", "-id"]
        if look == "appealed":
            return ["appeal__created_at", "id"]
        if chosen == "all":
            return ["-id"]
        if chosen == Comment.Status.PENDING:
            return ["created_at", "id"]
        return ["-created_at", "-id"]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(
            request, {"title": _("Comments"), **(extra_context or {})}
        )

    def action_checkbox(self, comment):
        return format_html(
            '{}<input type="hidden" name="seen" value="{}-{}">',
            super().action_checkbox(comment),
            comment.pk,
            comment.version,
        )

    @admin.display(description=_("Author"))
    def author(self, comment):
        return columns.name(comment.name)

    @admin.display(description=_("Comment"))
    def words(self, comment):
        return format_html(
            '<div class="words" dir="auto">{}</div>', columns.excerpt(comment.body, 600)
        )

    @admin.display(description=_("Article"))
    def about(self, comment):
        article = comment.article
        about = (
            format_html('<a href="{}">{}</a>', article.get_absolute_url(), article)
            if article.is_visible
            else format_html(
                '{} <span class="quiet">({})</span>',
                article,
                article.status_in_words,
            )
        )
        if comment.parent is None:
            return about
        return format_html(
            '{}<div class="answers">{} <q dir="auto">{}</q></div>',
            about,
            format_html(
                _("In reply to {name}:"), name=columns.name(comment.parent.name)
            ),
            columns.excerpt(comment.parent.body, 120),
        )

    @admin.display(description=_("Status"))
    def status_in_colour(self, comment):
        status = format_html(
            '<span class="status status--{}">{}</span>',
            comment.status,
            comment.get_status_display(),
        )
        last = next(iter(comment.decisions.all()), None)
        if last is None:
            return format_html("{}{}", status, columns.flags(comment))
        return format_html(
            '{}{}<div class="quiet">{} {}</div>',
            status,
            columns.flags(comment),
            columns.name(last.who),
            columns.time_with_title(last.at, columns.ago(last.at)),
        )

    @admin.display(description=_("Written"))
    def written(self, comment):
        at = comment.created_at
        words = columns.waiting_since(at) if comment.is_waiting else columns.ago(at)
        return columns.time_with_title(at, words)

    # Decisions from the list

    def response_action(self, request, queryset, **kwargs):
        """
        Decide on the selected rows.

        They are looked up among all comments, not in the filtered list: a comment that somebody
        else has just decided on may have left that list.
        """
        marked = request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)
        if not all(re.fullmatch(r"[0-9]{1,18}", key) for key in marked):
            raise BadRequest("A comment is marked by its number.")
        return super().response_action(
            request, Comment.objects.oldest_first(), **kwargs
        )

    @admin.action(description=_("Keep as it is"), permissions=["moderate"])
    def keep(self, request, comments):
        self._decide(request, comments, "keep")

    @admin.action(description=_("Approve"), permissions=["moderate"])
    def approve(self, request, comments):
        self._decide(request, comments, "approve")

    @admin.action(description=_("Reject"), permissions=["moderate"])
    def reject(self, request, comments):
        reason = request.POST.get("reason")
        if reason in Decision.Reason:
            self._decide(request, comments, "reject", reason=reason)
        else:
            self.message_user(request, NO_REASON, messages.ERROR)

    @admin.action(description=_("Mark as spam"), permissions=["moderate"])
    def mark_spam(self, request, comments):
        self._decide(request, comments, "mark_spam")

    @admin.action(description=_("Undo"), permissions=["moderate"])
    def undo(self, request, comments):
        self._decide(request, comments, "undo")

    def _decide(self, request, comments, step, **why):
        drawn = _versions_seen(request)
        seen = {
            pk: drawn.get(pk, UNSEEN) for pk in comments.values_list("pk", flat=True)
        }
        outcome = decide_together(step, seen, by=request.user, **why)
        for comment, why in outcome.skipped:
            self._say(request, comment, why, messages.ERROR)
        if len(outcome.done) <= MESSAGES_EACH:
            for comment in outcome.done:
                self._say_done(request, comment, step)
        if len(outcome.done) > 1:
            self._say_of_batch(request, outcome, step)

    def _say_of_batch(self, request, outcome, step):
        message = format_html(
            '{} <a href="{}">{}</a>',
            DONE_MESSAGES[step] % {"number": len(outcome.done)},
            reverse("admin:comments_batch_change", args=[outcome.batch.pk]),
            _("Review or undo"),
        )
        self.message_user(request, message, messages.SUCCESS)

    def _say_done(self, request, comment, step):
        done = STEP_MESSAGES.get(step, STATUS_MESSAGES)[comment.status]
        self._say(request, comment, done, messages.SUCCESS)

    def _say(self, request, comment, sentence, level):
        message = format_html(
            '<a href="{}">{}</a> {}',
            self._form_url(request, comment.pk),
            columns.quoted(comment),
            sentence,
        )
        self.message_user(request, message, level)

    # The form

    def change_view(self, request, object_id, form_url="", extra_context=None):
        comment = self.get_object(request, unquote(object_id))
        if not self.has_view_or_change_permission(request, comment):
            raise PermissionDenied
        if comment is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method == "POST":
            return self._moderate(request, comment)
        return self._form_page(request, comment, ModerationForm())

    def get_view_on_site_url(self, obj=None):
        """The comment's public address; None when readers cannot see it."""
        if obj is None or not obj.is_shown:
            return None
        return obj.get_absolute_url()

    def _moderate(self, request, comment):
        if not self.has_moderate_permission(request):
            raise PermissionDenied
        form = ModerationForm(request.POST)
        if not form.is_valid():
            form.focus_on_error()
            return self._form_page(request, comment, form, status=422)
        if form.answers and not self.has_answer_permission(request):
            raise PermissionDenied
        successor = self.neighbours(request, comment).next
        try:
            self._take_step(request.user, comment, **form.cleaned_data)
        except WordsNotThere as error:
            form.add_error("words", _not_there(error.words))
            form.focus_on_error()
            return self._form_page(request, comment, form, status=422)
        except TransitionError as error:
            form.add_error(None, str(error))
            comment = self.get_object(request, comment.pk)
            return self._form_page(
                request, comment, form, seen=comment.version, status=409
            )
        step = form.cleaned_data["step"]
        self._say_taken(request, comment, form)
        if form.answers or step in ["undo", *ModerationForm.OTHERS]:
            return HttpResponseRedirect(self._form_url(request, comment.pk))
        return self.response_next(request, successor)

    def _take_step(self, user, comment, *, step, seen, note, **more):
        if step in ModerationForm.ANSWERS:
            approving = step == "approve_and_answer"
            words = more["answer"]
            answer(comment, words, by=user, seen=seen, approving=approving, note=note)
        elif step == "thread":
            thread_of(comment.article).set_policy(more["policy"], by=user)
        elif step == "redact":
            body = redacted(comment.body, more["words"])
            comment.redact(body, by=user, seen=seen, note=note)
        elif step == "reject":
            why = {name: more[name] for name in ["reason", "explanation"]}
            comment.reject(
                by=user, seen=seen, told=not more["untold"], note=note, **why
            )
        else:
            getattr(comment, step)(by=user, seen=seen, note=note)

    def _say_taken(self, request, comment, form):
        step = form.cleaned_data["step"]
        if form.answers:
            self._say(request, comment, _("Your reply is published."), messages.SUCCESS)
        elif step == "thread":
            said = _("The settings of the conversation on this article are changed.")
            self._say(request, comment, said, messages.SUCCESS)
        elif step == "redact":
            self._say(request, comment, _("The words are redacted."), messages.SUCCESS)
            for reply in answers_with(comment, form.cleaned_data["words"]):
                said = _("This reply repeats them. Check it, too.")
                self._say(request, reply, said, messages.WARNING)
        else:
            self._say_done(request, comment, step)

    def _form_page(self, request, comment, form, *, seen=None, status=200):
        """`seen` stays the posted version until a page shows what has changed since."""
        before, after = _nearby(comment)
        may_moderate = self.has_moderate_permission(request)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Comment"),
            "subtitle": None,
            "original": comment,
            "object_id": str(comment.pk),
            "is_popup": False,
            "to_field": None,
            "media": self.media,
            "adminform": helpers.AdminForm(form, [], {}, model_admin=self),
            "errors": helpers.AdminErrorList(form, []),
            "inline_admin_formsets": [],
            "preserved_filters": self.get_preserved_filters(request),
            "comment": comment,
            "decisions": list(comment.decisions.all()),
            "before": before,
            "after": after,
            "form": form,
            "seen": seen or form.data.get("seen") or comment.version,
            "changed_words": _changed_words(comment, form),
            "thread": thread_of(comment.article),
            "suggested": suggestions(comment.body) if may_moderate else [],
            "may_moderate": may_moderate,
            "has_address_of_another": comment.pk in with_address_of_another([comment]),
            **(_background_of(comment) if may_moderate else {}),
            "decision_buttons": _possible(comment, may_moderate),
            "answer_button": self.has_answer_permission(request)
            and _answer_button(comment),
        }
        response = self.render_change_form(request, context, change=True, obj=comment)
        response.status_code = status
        return response


def _changed_words(comment, form):
    """The diff between the text that was on the screen and the text now."""
    read = form.cleaned_data.get("revision") if form.is_bound else None
    if read is None or read >= comment.text_revision or comment.is_erased:
        return None
    return list(by_word(comment.text_of(read), comment.body))


def _not_there(words):
    listed = word_list(_("“%(word)s”") % {"word": word} for word in words)
    return ngettext(
        "Not found in the comment: %(words)s. Enter it exactly as it appears there.",
        "Not found in the comment: %(words)s. Enter them exactly as they appear there.",
        len(words),
    ) % {"words": listed}


def _background_of(comment):
    """What the screening, readers and the author said about the comment, and its earlier texts."""
    reports = list(comment.reports.select_related("by")[: REPORTS_SHOWN + 1])
    return {
        "findings": [(sentence(signal), signal) for signal in comment.signals.all()],
        "reports": [
            (report, number <= comment.open_reports)
            for number, report in enumerate(reports[:REPORTS_SHOWN], start=1)
        ],
        "more_reports": len(reports) > REPORTS_SHOWN,
        "earlier_texts": list(comment.earlier_texts.all()),
    }


def _versions_seen(request):
    """The version of each row that was on the screen, by the comment's key."""
    pairs = map(KEY_AND_VERSION.fullmatch, request.POST.getlist("seen"))
    return {int(pair[1]): int(pair[2]) for pair in pairs if pair}


def _possible(comment, may_moderate):
    if not may_moderate:
        return []
    labels = ModerationForm.DECISIONS
    return [(step, labels[step]) for step in comment.possible_steps]


def _answer_button(comment):
    """The step and the label of the button that sends an answer; None where none is possible."""
    if comment.is_approved:
        step = "answer"
    elif "approve" in comment.possible_steps:
        step = "approve_and_answer"
    else:
        return None
    return step, ModerationForm.ANSWERS[step]


def _nearby(comment):
    """The comments of the conversation just before this one, and those just after it."""
    place = Cursor(comment.created_at, comment.pk)
    elsewhere = {comment.pk, comment.parent_id, comment.root_id} - {None}
    family = Comment.objects.conversation_of(comment).exclude(pk__in=elsewhere)
    before = family.filter(place.before("created_at")).newest_first()[:NEARBY]
    after = family.filter(place.after("created_at")).oldest_first()[:NEARBY]
    return list(before)[::-1], list(after)
