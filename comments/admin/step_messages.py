"""What the list and the page of a comment say after a step."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

# For a bulk action, by its step.
DONE_MESSAGES = {
    "approve": ngettext_lazy(
        "%(number)d comment approved.", "%(number)d comments approved.", "number"
    ),
    "reject": ngettext_lazy(
        "%(number)d comment rejected.", "%(number)d comments rejected.", "number"
    ),
    "mark_spam": ngettext_lazy(
        "%(number)d comment marked as spam.",
        "%(number)d comments marked as spam.",
        "number",
    ),
    "keep": ngettext_lazy(
        "%(number)d comment kept as it is.",
        "%(number)d comments kept as they are.",
        "number",
    ),
    "undo": ngettext_lazy(
        "%(number)d decision undone.", "%(number)d decisions undone.", "number"
    ),
}
# What a step did, by the new status of the comment.
STATUS_MESSAGES = {
    # Translators: the new status of a comment.
    "pending": _("Now pending."),
    "approved": _("Now approved."),
    "rejected": _("Now rejected."),
    "spam": _("Now marked as spam."),
    "withdrawn": _("Now withdrawn."),
}
# The same for steps after which the status alone does not say what was done.
STEP_MESSAGES = {
    "keep": {
        # Translators: the status of a comment.
        "pending": _("It stays pending."),
        "approved": _("It stays approved."),
        "rejected": _("It stays rejected."),
        "spam": _("It stays marked as spam."),
    },
    "undo": {
        "pending": _("Decision undone. Now pending."),
        "approved": _("Decision undone. Now approved."),
        "rejected": _("Decision undone. Now rejected."),
        "spam": _("Decision undone. Now marked as spam."),
    },
    "pick": {"approved": _("Now an editor’s pick.")},
    "unpick": {"approved": _("No longer an editor’s pick.")},
}
