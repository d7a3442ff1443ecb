"""Users and groups: Django's screens with a fresh sign-in and entries in the security log."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import PermissionDenied
from django.forms.widgets import Script
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from articles.core.admin.changed_fields import ChangedFieldsForm, ChangedFieldsMixin
from articles.core.text.word_list import word_list
from newsroom.accounts import account_mail as staff_mail
from newsroom.accounts import factors, second_factor, security_log
from newsroom.accounts.fresh_sign_in import ask_if_needed
from newsroom.accounts.pages import account_page
from newsroom.accounts.sessions import end_sessions
from newsroom.admin.permission_names import permission_in_words
from newsroom.models import AuthenticatorApp, SecurityEvent

Kind = SecurityEvent.Kind


class FreshSignInMixin:
    """Forms and actions of this admin require a fresh sign-in; lists do not."""

    class Media:
        js = [Script("desk/selector.js", type="module")]

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        may = (
            self.has_change_permission(request)
            if object_id
            else self.has_add_permission(request)
        )
        asked = ask_if_needed(request) if may else None
        return asked or super().changeform_view(
            request, object_id, form_url, extra_context
        )

    def delete_view(self, request, object_id, extra_context=None):
        asked = ask_if_needed(request) if self.has_delete_permission(request) else None
        return asked or super().delete_view(request, object_id, extra_context)

    def changelist_view(self, request, extra_context=None):
        # A POST to the list is an action, such as deleting the selected rows.
        is_action = request.method == "POST" and self.has_view_permission(request)
        asked = ask_if_needed(request) if is_action else None
        return asked or super().changelist_view(request, extra_context)

    def log_addition(self, request, obj, message):
        entry = super().log_addition(request, obj, message)
        self.record(request, obj, "Added", "")
        return entry

    def log_change(self, request, obj, message):
        entry = super().log_change(request, obj, message)
        # The log is in English, whatever language the user reads.
        with translation.override("en"):
            what = entry.get_change_message()
        self.record(request, obj, "Changed", what)
        return entry

    def log_deletions(self, request, queryset):
        for obj in queryset:
            self.record(request, obj, "Deleted", "")
        return super().log_deletions(request, queryset)

    def record(self, request, obj, done, what):
        """Write the change into the security log."""
        raise NotImplementedError


def _sentence(done, request, what):
    return f"{done} by {request.user.get_username()}. {what}".strip()


class PermissionNamesMixin:
    """The choice of permissions is in the language of the reader."""

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field and db_field.related_model is Permission:
            field.label_from_instance = permission_in_words
        return field


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "How you know that the request comes from the owner. The owner gets it by email, and it is kept in the security log."
        ),
    )


class AccountForm(ChangedFieldsForm, UserChangeForm):
    """A stale form keeps a password or a deactivation that was changed meanwhile."""


class AccountAdmin(
    PermissionNamesMixin, ChangedFieldsMixin, FreshSignInMixin, UserAdmin
):
    form = AccountForm
    readonly_fields = ["last_login", "date_joined", "second_factors"]
    fieldsets = [
        *UserAdmin.fieldsets,
        (_("Second factor"), {"fields": ["second_factors"]}),
    ]

    def get_urls(self):
        view = self.admin_site.admin_view(self.reset_second_factors)
        return [
            path("<id>/second-factor/", view, name="auth_user_reset_second_factor"),
            *super().get_urls(),
        ]

    def user_change_password(self, request, id, form_url=""):
        may = self.has_change_permission(request)
        asked = ask_if_needed(request) if may else None
        return asked or super().user_change_password(request, id, form_url)

    @admin.display(description=_("Passkeys and apps"))
    def second_factors(self, user):
        passkeys = user.passkeys.count()
        has_app = AuthenticatorApp.objects.filter(user=user).exists()
        if not (passkeys or has_app):
            return pgettext("second factors", "None")
        parts = (
            [
                ngettext("%(number)d passkey", "%(number)d passkeys", passkeys)
                % {"number": passkeys}
            ]
            if passkeys
            else []
        )
        parts += [_("an authenticator app")] if has_app else []
        address = reverse("admin:auth_user_reset_second_factor", args=[user.pk])
        return format_html(
            '{} – <a href="{}">{}</a>',
            word_list(parts),
            address,
            _("Reset for an owner who is locked out"),
        )

    def reset_second_factors(self, request, id):
        """Remove all second factors of a locked-out account; superusers only, with a reason."""
        if not request.user.is_superuser:
            raise PermissionDenied
        user = self.get_object(request, unquote(id))
        if user is None:
            raise Http404
        if asked := ask_if_needed(request):
            return asked
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            return account_page(
                request,
                "admin/account/reset_factors.html",
                title=_("Reset the second factors of %(name)s?")
                % {"name": user.get_username()},
                status=422 if form.is_bound else 200,
                form=form,
                account=user,
                has_second_factor=second_factor.has_one(user),
            )
        factors.reset(
            user,
            by=request.user.get_username(),
            reason=form.cleaned_data["reason"],
            request=request,
        )
        messages.success(
            request,
            _(
                "%(name)s can now sign in with the password alone, and was signed out everywhere."
            )
            % {"name": user.get_username()},
        )
        return redirect("admin:auth_user_change", user.pk)

    def save_model(self, request, user, form, change):
        if change:
            stored = User.objects.filter(pk=user.pk).exclude(email=user.email)
            request.former_address = stored.values_list("email", flat=True).first()
        super().save_model(request, user, form, change)

    def record(self, request, user, done, what):
        is_password = "password" in what.lower()
        if is_password and request.user != user:
            end_sessions(user)
        elif done == "Changed" and not (user.is_active and user.is_staff):
            # They open nothing already, and must not when the account is let in again.
            end_sessions(user)
        event = security_log.record(
            Kind.PASSWORD_CHANGED if is_password else Kind.ACCOUNT_CHANGED,
            request=request,
            user=None if done == "Deleted" else user,
            name=user.get_username(),
            detail=_sentence(done, request, what),
            tell=done != "Deleted",
        )
        # Whoever takes over an account gives it their own address first.
        if former := getattr(request, "former_address", ""):
            staff_mail.notify(event, former_address=former)


class RoleAdmin(PermissionNamesMixin, FreshSignInMixin, GroupAdmin):
    def record(self, request, group, done, what):
        security_log.record(
            Kind.ACCOUNT_CHANGED,
            request=request,
            name=group.name,
            detail=_sentence(f"Group {done.lower()}", request, what),
        )


admin.site.unregister(User)
admin.site.unregister(Group)
admin.site.register(User, AccountAdmin)
admin.site.register(Group, RoleAdmin)
