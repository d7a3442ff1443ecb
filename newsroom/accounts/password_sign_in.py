"""Signing in at the desk, and resetting a password by mail."""

from math import ceil

from django.contrib import admin
from django.contrib.auth import get_user_model, views
from django.contrib.auth.forms import PasswordResetForm
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from newsroom.accounts import account_mail, security_log
from newsroom.accounts.throttling import (
    RESET_MAILS,
    WRONG_PASSWORDS,
    count_attempt,
    remember_browser,
)
from newsroom.accounts.views.sign_in import password_page
from newsroom.models import SecurityEvent
from newsroom.models.security_event import DAY

Kind = SecurityEvent.Kind


@never_cache
def sign_in(request):
    """
    The login page of the desk.

    A right password does not count as a failure, and does not reset earlier failures.
    """
    if request.method in {"GET", "HEAD"}:
        return password_page(request)
    name = request.POST.get("username", "")
    attempt = count_attempt(request, WRONG_PASSWORDS, name)
    if attempt.wait:
        security_log.log_line(Kind.SIGN_IN_BLOCKED, request=request)
        return _too_many(request, attempt.wait)
    response = password_page(request)
    if response.status_code == 302:
        # Signed in, or on to the second factor: see newsroom.accounts.sign_in.
        attempt.succeeded()
    else:
        _record_failure(request, name, is_last=attempt.fills_limit)
    return response


def _record_failure(request, name, *, is_last):
    """Record the failure. When the limit is reached, mail the owner, at most once a day."""
    user = get_user_model().objects.filter(username=name.replace("\x00", "")).first()
    if user is None:
        # There may be any number of names without an account: a log line, no row.
        security_log.log_line(Kind.SIGN_IN_FAILED, request=request)
        return
    security_log.record(Kind.SIGN_IN_FAILED, request=request, user=user)
    if is_last:
        since = timezone.now() - DAY
        blocked = SecurityEvent.objects.about(user).filter(kind=Kind.SIGN_IN_BLOCKED)
        security_log.record(
            Kind.SIGN_IN_BLOCKED,
            request=request,
            user=user,
            # Stored, so in English.
            detail="Too many wrong passwords. You can still sign in from browsers you have used before.",
            tell=not blocked.filter(at__gt=since).exists(),
        )


class QueuedPasswordResetForm(PasswordResetForm):
    """Stores the address; the mail is made later, when the queue is sent."""

    def save(self, **kwargs):
        account_mail.ask_for_reset(self.cleaned_data["email"])


class PasswordReset(views.PasswordResetView):
    """Accepts a password reset request. The answer is the same for unknown addresses."""

    form_class = QueuedPasswordResetForm

    @method_decorator(never_cache)
    def post(self, request):
        attempt = count_attempt(request, RESET_MAILS, request.POST.get("email", ""))
        if attempt.wait:
            return _too_many(request, attempt.wait)
        security_log.log_line(Kind.PASSWORD_RESET_ASKED, request=request)
        return super().post(request)


class PasswordResetConfirm(views.PasswordResetConfirmView):
    """
    Sets the new password.

    The browser has proved that it is the owner's, so it may sign in past the limits.
    """

    def form_valid(self, form):
        response = super().form_valid(form)
        security_log.record(
            Kind.PASSWORD_CHANGED,
            request=self.request,
            user=self.user,
            detail="By a link that was mailed.",
            tell=True,
        )
        remember_browser(response, self.user)
        return response


def _at_the_desk(view):
    """The view in the page frame of the admin."""

    def desk_view(request, **kwargs):
        return view.as_view(extra_context=_frame(request))(request, **kwargs)

    return desk_view


password_urls = [
    # `admin:login` has the same address, so it leads here as well.
    path("login/", sign_in),
    path("password_reset/", _at_the_desk(PasswordReset), name="admin_password_reset"),
    path(
        "password_reset/done/",
        _at_the_desk(views.PasswordResetDoneView),
        name="password_reset_done",
    ),
    path(
        "reset/<uidb64>/<token>/",
        _at_the_desk(PasswordResetConfirm),
        name="password_reset_confirm",
    ),
    path(
        "reset/done/",
        _at_the_desk(views.PasswordResetCompleteView),
        name="password_reset_complete",
    ),
]


def _frame(request):
    """The page frame of the admin; without its list of apps, because nobody is signed in."""
    return admin.site.each_context(request) | {"is_nav_sidebar_enabled": False}


def _too_many(request, wait):
    context = _frame(request) | {
        "title": _("Too many attempts"),
        "minutes": ceil(wait / 60),
    }
    response = render(request, "registration/too_many_tries.html", context, status=429)
    response.headers["Retry-After"] = str(wait)
    return response
