"""
Previous and next on an admin form: the neighbours in the list that the user came from.

    class PersonAdmin(NeighboursMixin, admin.ModelAdmin): ...

is all it takes. The list is the one that Django's own `_changelist_filters` names, with
its filters, search and order, or the whole list when nothing is named. The form gets
`neighbours` in its context; `templates/admin/change_form.html` shows the links and
`templates/admin/submit_line.html` the button "Save and next".

A form with buttons of its own asks for the successor *before* the row changes, because
the changed row may have left the list:

    successor = self.neighbours(request, obj).next
    …
    return self.response_next(request, successor)
"""

from copy import copy
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import quote
from django.contrib.admin.views.main import ALL_VAR, ERROR_FLAG, PAGE_VAR
from django.core.exceptions import (
    FieldDoesNotExist,
    FieldError,
    SuspiciousOperation,
)
from django.core.paginator import InvalidPage
from django.db import connections
from django.db.models import F, OrderBy, Q
from django.http import HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

# Rows are counted up to this number.
MOST_ROWS_COUNTED = 10_000

NO_ROWS = Q(pk__in=[])


@dataclass(frozen=True)
class Neighbours:
    """The keys and form addresses of the rows on either side, and the position of this row."""

    previous: object = None
    next: object = None
    position: int | None = None
    total: int | None = None
    previous_url: str = ""
    next_url: str = ""

    @property
    def place(self) -> str:
        """“17 of 243”; empty when the row is not in the list or beyond MOST_ROWS_COUNTED."""
        if self.position is None or self.total is None:
            return ""
        if self.total > MOST_ROWS_COUNTED:
            return _("%(position)s of more than %(total)s") % {
                "position": number_format(self.position, force_grouping=True),
                "total": number_format(MOST_ROWS_COUNTED, force_grouping=True),
            }
        return _("%(position)s of %(total)s") % {
            "position": number_format(self.position, force_grouping=True),
            "total": number_format(self.total, force_grouping=True),
        }


class NeighboursMixin:
    """Links to the neighbours in the list, and "Save and next", for any model admin."""

    def neighbours(self, request, obj):
        """
        The Neighbours of the row as stored, regardless of unsaved changes in `obj`.

        A row that its list does not show gets the neighbours between which it would
        stand. Invalid filters, and an order that rows cannot be compared by, give none.
        """
        try:
            return self._neighbours(request, obj)
        except (
            FieldError,
            IncorrectLookupParameters,
            InvalidPage,
            SuspiciousOperation,
        ):
            return Neighbours()

    def response_next(self, request, successor):
        """Go to the form of the row with this key; from the last row, back to the list."""
        if successor is None:
            self.message_user(
                request,
                _("That was the last item in this list."),
                messages.INFO,
            )
            return self._response_post_save(request, None)
        return HttpResponseRedirect(self._form_url(request, successor))

    def render_change_form(
        self, request, context, add=False, change=False, form_url="", obj=None
    ):
        if change and obj is not None and not context.get("is_popup"):
            context["neighbours"] = self.neighbours(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_form(self, request, form, change):
        # Look this up before anything is written: a saved row may leave the list.
        if change and "_savenext" in request.POST:
            request.successor = self.neighbours(request, form.instance).next
        return super().save_form(request, form, change)

    def response_change(self, request, obj):
        if "_savenext" not in request.POST:
            return super().response_change(request, obj)
        self.message_user(
            request, _("“%(name)s” was saved.") % {"name": obj}, messages.SUCCESS
        )
        return self.response_next(request, request.successor)

    def _neighbours(self, request, obj):
        listing = self.get_changelist_instance(_list_request(request))
        rows = listing.queryset
        order = [
            term
            for field in rows.query.order_by
            for term in _terms(field, self.opts, rows.db)
        ]
        names = {f"_order_{i}": term.expression for i, term in enumerate(order)}
        rows = rows.alias(**names)
        # Without the list's filters, which may hide the row itself.
        place = (
            listing.root_queryset.filter(pk=obj.pk)
            .annotate(**names)
            .values_list(*names)
            .first()
        )
        if place is None:
            return Neighbours()
        forwards = list(zip(names, order, place, strict=True))
        backwards = [(name, term.reversed(), value) for name, term, value in forwards]
        next_ = _first_key(rows, forwards)
        previous = _first_key(rows, backwards)
        position = None
        if rows.filter(pk=obj.pk).exists():
            before = rows.filter(_beyond(backwards)).order_by()
            position = before[:MOST_ROWS_COUNTED].count() + 1
        return Neighbours(
            previous,
            next_,
            position if position is None or position <= MOST_ROWS_COUNTED else None,
            min(listing.result_count, MOST_ROWS_COUNTED + 1),
            self._form_url(request, previous) if previous is not None else "",
            self._form_url(request, next_) if next_ is not None else "",
        )

    def _form_url(self, request, key, *args, view="change"):
        """The address of a view of the row, by default its form, keeping the list's filters."""
        url = reverse(
            f"admin:{self.opts.app_label}_{self.opts.model_name}_{view}",
            args=[quote(key), *args],
            current_app=self.admin_site.name,
        )
        filters = self.get_preserved_filters(request)
        return add_preserved_filters(
            {"preserved_filters": filters, "opts": self.opts}, url
        )


def _list_request(request):
    """The request for the list that this form was opened from."""
    filters = QueryDict(mutable=True)
    for name, value in parse_qsl(
        request.GET.get("_changelist_filters", ""), keep_blank_values=True
    ):
        # The page of the list is dropped: the neighbour may be on another one.
        if name not in {PAGE_VAR, ALL_VAR, ERROR_FLAG}:
            filters.appendlist(name, value)
    list_request = copy(request)
    list_request.GET = filters
    return list_request


@dataclass(frozen=True)
class _Term:
    """One term of an ORDER BY: the expression, its direction, and the place of NULLs."""

    expression: object
    descending: bool
    nulls_first: bool
    nullable: bool
    # Whether NULLs stand where this database puts them by default.
    default_nulls: bool

    def reversed(self):
        return replace(
            self, descending=not self.descending, nulls_first=not self.nulls_first
        )

    def order_by(self, name):
        nulls = {}
        if self.nullable and not self.default_nulls:
            nulls = {"nulls_first" if self.nulls_first else "nulls_last": True}
        return OrderBy(F(name), descending=self.descending, **nulls)

    def past(self, name, value):
        """Rows beyond the value in this term alone."""
        if value is None:
            return Q(**{f"{name}__isnull": False}) if self.nulls_first else NO_ROWS
        past = Q(**{f"{name}__lt" if self.descending else f"{name}__gt": value})
        if self.nullable and not self.nulls_first:
            past |= Q(**{f"{name}__isnull": True})
        return past

    def same(self, name, value):
        return Q(**{f"{name}__isnull": True}) if value is None else Q(**{name: value})

    def bound(self, name, value):
        """A condition that all rows beyond the value meet and that an index can answer."""
        if self.nullable:
            return Q()
        return Q(**{f"{name}__lte" if self.descending else f"{name}__gte": value})


def _terms(field, opts, using):
    """Yield the terms of one entry of `order_by`: an expression, or a name or path of names."""
    if isinstance(field, str):
        name = field.removeprefix("-")
        if name == "?":
            raise FieldError("A random order has no neighbours.")
        target, nullable = _field_at(name, opts)
        if target is not None and target.is_relation and name != "pk":
            by_column = name.split("__")[-1] == target.attname
            inner_order = () if by_column else target.related_model._meta.ordering
            if inner_order:
                for inner in inner_order:
                    for term in _terms(_prefixed(inner, name), opts, using):
                        yield term.reversed() if field.startswith("-") else term
                return
        field = F(name).desc() if field.startswith("-") else F(name).asc()
    else:
        nullable = True
    if not isinstance(field, OrderBy):
        field = field.asc()
    natural = field.descending == connections[using].features.nulls_order_largest
    nulls_first = natural
    if field.nulls_first or field.nulls_last:
        nulls_first = bool(field.nulls_first)
    yield _Term(
        field.expression,
        field.descending,
        nulls_first,
        nullable,
        nulls_first == natural,
    )


def _field_at(path, opts):
    """The field at the end of a path (None: no plain field), and whether it may be NULL."""
    field, nullable = None, False
    for part in path.split("__"):
        if opts is None:
            return None, True
        try:
            field = opts.pk if part == "pk" else opts.get_field(part)
        except FieldDoesNotExist:
            return None, True
        nullable |= field.null
        opts = field.related_model._meta if field.is_relation else None
    return field, nullable


def _first_key(rows, terms):
    """The key of the first row beyond the place given by (name, term, value) triples."""
    return (
        rows.filter(_beyond(terms))
        .order_by(*(term.order_by(name) for name, term, value in terms))
        .values_list("pk", flat=True)
        .first()
    )


def _prefixed(order, path):
    if not isinstance(order, str):
        raise FieldError("A related model ordered by an expression.")
    sign = "-" if order.startswith("-") else ""
    return f"{sign}{path}__{order.removeprefix('-')}"


def _beyond(terms):
    """
    A condition for the rows after this place in the order of the terms.

    Such rows are beyond in the first term, or equal in the first and beyond in the
    second, and so on.
    """
    beyond, same = NO_ROWS, Q()
    for name, term, value in terms:
        beyond |= same & term.past(name, value)
        same &= term.same(name, value)
    name, term, value = terms[0]
    return term.bound(name, value) & beyond
