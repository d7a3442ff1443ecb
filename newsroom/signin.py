"""
Signing in at the desk: how often a wrong password may be tried, and a new one by mail.

Tries are counted in the database, so that the limits hold over all processes. A
name is counted as it was typed, whether there is such an account or not: the
answers tell nobody which accounts exist.
"""

import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import views
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from comments.networks import recent_hashes
from newsroom.models import FailedSignIn


@dataclass(frozen=True)
class Limit:
    """So many tries within that time, by one name and by one network."""

    purpose: str
    by_name: int
    by_network: int
    within: timedelta


# In characters: no user name and no address is longer.
LONGEST_NAME = 254

WRONG_PASSWORDS = Limit("sign-in", 10, 10, timedelta(minutes=10))
RESET_MAILS = Limit("password reset", 3, 10, timedelta(hours=1))


@never_cache
def sign_in(request):
    """The login page of the desk. A password that was right is no failure, and makes no earlier one undone."""
    if request.method in {"GET", "HEAD"}:
        return admin.site.login(request)
    attempt, wait = _try(request, WRONG_PASSWORDS, request.POST.get("username", ""))
    if wait:
        return _too_many(request, wait)
    response = admin.site.login(request)
    if response.status_code == 302:
        attempt.delete()
    return response


class PasswordReset(views.PasswordResetView):
    """Sends a link to choose a new password; says the same whether it knew the address or not."""

    subject_template_name = "registration/password_reset_subject.txt"
    email_template_name = "registration/password_reset_email.txt"

    @method_decorator(never_cache)
    def post(self, request):
        _, wait = _try(request, RESET_MAILS, request.POST.get("email", ""))
        return _too_many(request, wait) if wait else super().post(request)

    @property
    def extra_email_context(self):
        # The address in the mail is ours, never one that the request named.
        return {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL}


def _at_the_desk(view):
    """The view within the frame of the admin."""

    def desk_view(request, **kwargs):
        return view.as_view(extra_context=_frame(request))(request, **kwargs)

    return desk_view


urls = [
    # The admin's own address of it, `admin:login`, leads here as well.
    path("login/", sign_in),
    path("password_reset/", _at_the_desk(PasswordReset), name="admin_password_reset"),
    path(
        "password_reset/done/",
        _at_the_desk(views.PasswordResetDoneView),
        name="password_reset_done",
    ),
    path(
        "reset/<uidb64>/<token>/",
        _at_the_desk(views.PasswordResetConfirmView),
        name="password_reset_confirm",
    ),
    path(
        "reset/done/",
        _at_the_desk(views.PasswordResetCompleteView),
        name="password_reset_complete",
    ),
]


def _try(request, limit, name):
    """
    Count this try, and how many seconds it has to wait: 0 when it may go on.

    It is written down before the others are counted: of two that come at the
    same moment, at least one sees the other.
    """
    # Normalising a long row of marks takes the square of its length.
    name = unicodedata.normalize("NFKC", name[:LONGEST_NAME])
    account = _key(limit, name.strip().casefold())
    networks = [_key(limit, network) for network in recent_hashes(request)]
    attempt = FailedSignIn.objects.create(
        account=account, network=networks[0] if networks else ""
    )
    others = FailedSignIn.objects.filter(at__gt=timezone.now() - limit.within).exclude(
        pk=attempt.pk
    )
    wait = max(
        _wait(others.filter(account=account), limit.by_name, limit.within),
        _wait(others.filter(network__in=networks), limit.by_network, limit.within),
    )
    if wait:
        attempt.delete()
    return attempt, wait


def _wait(tries, allowed, within):
    """Seconds until one of the tries that fill the limit is forgotten; 0 when there is room."""
    last_that_fits = tries.order_by("-at").values_list("at", flat=True)[
        allowed - 1 : allowed
    ]
    return max(
        (
            max(1, ceil((at + within - timezone.now()).total_seconds()))
            for at in last_that_fits
        ),
        default=0,
    )


def _key(limit, text):
    return salted_hmac(
        f"newsroom.signin.{limit.purpose}", text, algorithm="sha256"
    ).hexdigest()


def _frame(request):
    """What the frame of the admin shows; no list of its screens, for nobody is signed in."""
    return admin.site.each_context(request) | {"is_nav_sidebar_enabled": False}


def _too_many(request, wait):
    context = _frame(request) | {
        "title": "Too many tries",
        "minutes": ceil(wait / 60),
    }
    response = render(request, "registration/too_many_tries.html", context, status=429)
    response.headers["Retry-After"] = str(wait)
    return response
