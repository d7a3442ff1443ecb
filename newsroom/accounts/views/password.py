"""Changing one's own password."""

from django.contrib import admin
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.urls import reverse_lazy

from newsroom.accounts import security_log
from newsroom.accounts.fresh_sign_in import needs_fresh_sign_in
from newsroom.accounts.sessions import end_sessions
from newsroom.models import SecurityEvent


class PasswordChange(PasswordChangeView):
    form_class = AdminPasswordChangeForm
    template_name = "registration/password_change_form.html"
    success_url = reverse_lazy("admin:password_change_done")

    def form_valid(self, form):
        response = super().form_valid(form)
        end_sessions(self.request.user, except_key=self.request.session.session_key)
        security_log.record(
            SecurityEvent.Kind.PASSWORD_CHANGED,
            request=self.request,
            user=self.request.user,
            detail="By its owner; every other session has ended.",
            tell=True,
        )
        return response


@needs_fresh_sign_in
def change_password(request):
    """The admin's own page, after a fresh sign-in; a change is mailed to the owner."""
    request.current_app = admin.site.name
    frame = admin.site.each_context(request)
    return PasswordChange.as_view(extra_context=frame)(request)


password_change = admin.site.admin_view(change_password, cacheable=False)
