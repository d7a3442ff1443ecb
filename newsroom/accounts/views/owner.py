"""The owner of the account pages: a signed-in user, or one who must add a second factor first."""

from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.urls import reverse
from django.views.decorators.cache import never_cache

from newsroom.accounts import second_factor, sign_in


def for_owner(view):
    """Decorator: a signed-in member of staff only; everybody else is asked to sign in."""

    @never_cache
    @wraps(view)
    def owner_view(request, *args, **kwargs):
        if not _is_staff(request.user):
            return _ask_to_sign_in(request)
        request.owner = request.user
        return view(request, *args, **kwargs)

    return owner_view


def for_owner_or_newcomer(view):
    """
    Decorator: also a newcomer, who typed the right password but lacks a required second factor.

    `request.owner` is the account in both cases, `request.is_newcomer` tells which case it is.
    """

    @never_cache
    @wraps(view)
    def owner_view(request, *args, **kwargs):
        if not second_factor.is_on():
            raise Http404
        request.is_newcomer = not _is_staff(request.user)
        request.owner = _newcomer(request) if request.is_newcomer else request.user
        if request.owner is None:
            return _ask_to_sign_in(request)
        return view(request, *args, **kwargs)

    return owner_view


def _is_staff(user):
    return user.is_authenticated and user.is_staff


def _newcomer(request):
    user = sign_in.pending_user(request)
    return user if user and second_factor.must_add(user) else None


def _ask_to_sign_in(request):
    return redirect_to_login(request.get_full_path(), reverse("admin:login"))
