"""Requests that no form or link of ours sends, and the check that none causes a server error."""

from urllib.parse import urlencode

from django.db import transaction

# Values that replace the one that a view expects.
ODD_VALUES = [
    "",
    "x",
    "-1",
    "0",
    "1.5",
    "9" * 25,
    "9" * 5000,
    "\x00",
    "a\x00b",
    "\ud800",
    "\u0661",
    "%00%ff",
    "None",
    "2026-13-45",
    "0000-00-00",
    "99999-01-01",
    "9999-12-31",
    "0001-01-01",
    "9999-12-31 23:59:59+00:00",
    "' OR 1=1 --",
    "<script>",
    "a__b__c",
    "x" * 3000,
    "1,2,x",
    "[1]",
    "🦊",
]
# Query parameters that views of Django's admin, our views and filters read.
PARAMETERS = [
    "anything",
    "_to_field",
    "_popup",
    "_changelist_filters",
    "p",
    "o",
    "e",
    "q",
    "all",
    "next",
    "before",
    "after",
    "from",
    "to",
    "named",
    "month",
    "day",
    "of",
    "csv",
    "page",
    "term",
    "app_label",
    "model_name",
    "field_name",
    "id",
    "ids",
    "id__exact",
    "id__in",
    "pk",
    "pk__in",
    "status",
    "status__exact",
    "status__isnull",
    "at",
    "at__year",
    "at__month",
    "at__day",
    "at__gte",
    "at__range",
    "created_at__year",
    "created_at__gte",
    "published_at__gte",
    "published_at__isnull",
    "what",
    "what__exact",
    "kind",
    "rule",
    "article",
    "article__id__exact",
    "article__slug__regex",
    "by",
    "by__id__exact",
    "by__password__startswith",
    "user__password",
    "is_active__exact",
    "is_staff__isnull",
    "groups__id__exact",
    "network",
    "number",
    "parent",
    "comment",
    "commenter",
    "version",
    "step",
    "seen",
    "since",
    "tag",
    "name",
    "sort",
    "view",
    "language",
    "proposals",
    "date",
]


def odd_queries():
    """Query strings, each with one odd parameter."""
    for parameter in PARAMETERS:
        for value in ODD_VALUES:
            yield query_string({parameter: value})
    yield "&".join(["a=1"] * 900)
    yield "&".join(["a=1"] * 1100)
    yield "=&&==&%"
    yield "%ff%fe=%00"
    yield query_string({"_to_field": "id", "_popup": "1"})
    yield query_string({"_to_field": "password"})
    yield query_string({"status": "x", "at__year": "y", "p": "z", "o": "-9.9.x"})


def query_string(parameters):
    return urlencode(
        {
            name: value.encode("utf-8", "surrogatepass")
            for name, value in parameters.items()
        }
    )


def odd_posts():
    """POST data with fields that are missing, odd, repeated or unknown."""
    names = [
        "title name slug body standfirst language lead_image signed_by tags note url content",
        "seen planned_for embargo_until planned_for_seen embargo_until_seen at reason answer",
        "action _selected_action select_across index _save _continue _step _preview _popup",
        "status text kind words explanation told version text_revision step pk id ids key",
        "comment comments decision commenter mute days until network label focal file alt",
        "tag into tags_to_merge username password password1 password2 email usable_password",
        "groups user_permissions is_active is_staff last_login_0 last_login_1 date_joined_0",
        "weight limit rule acts apart again keep typed part number rows look judged_as",
        "form-TOTAL_FORMS form-INITIAL_FORMS form-0-id form-MIN_NUM_FORMS post",
        "credits-TOTAL_FORMS credits-INITIAL_FORMS csrfmiddlewaretoken undo batch _undo",
    ]
    fields = " ".join(names).split()
    yield {}
    for value in ODD_VALUES:
        yield dict.fromkeys(fields, value)
    for field in fields:
        for value in ["x", "9" * 25, "a\x00b", "\ud800"]:
            yield {field: value}
    yield {"action": "delete_selected", "_selected_action": ["x", "9" * 30, "1"]}
    yield {"action": "publish", "_selected_action": ["1", "x"], "select_across": "x"}
    yield {"action": "delete_selected", "_selected_action": "1", "post": "yes"}


def encoded(fields):
    def as_bytes(value):
        return str(value).encode("utf-8", "surrogatepass")

    return urlencode(
        [
            (name, as_bytes(one))
            for name, value in fields.items()
            for one in (value if isinstance(value, list) else [value])
        ]
    )


def odd_keys(address):
    """The address with each numeric part replaced by odd values, one at a time."""
    parts = address.split("/")
    for place, part in enumerate(parts):
        if part.isdecimal():
            for odd in [
                "0",
                "9" * 25,
                "x",
                "-1",
                "_00",
                "_2F",
                "%00",
                "1_0A",
                "\u0661",
            ]:
                yield "/".join([*parts[:place], odd, *parts[place + 1 :]])


def status_of(client, method, address, **kwargs):
    """The status of the answer; every change in the database is rolled back."""
    with transaction.atomic():
        answer = getattr(client, method)(address, **kwargs)
        # Not `close`, which would close the database connection as well.
        for close in answer._resource_closers:
            close()
        transaction.set_rollback(True)
    return answer.status_code
