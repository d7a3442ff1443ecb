from django.urls import path

from newsroom.accounts.views import account, confirm, factors, password, sign_in

urlpatterns = [
    path("login/second/", sign_in.second_step, name="second_step"),
    path("login/passkey/", sign_in.passkey_sign_in, name="passkey_sign_in"),
    path("login/passkey/options/", sign_in.passkey_options, name="passkey_options"),
    # `admin:password_change` has the same address, so it leads here as well.
    path("password_change/", password.password_change),
    path("account/", account.account, name="account"),
    path("account/language/", account.choose_language, name="choose_language"),
    path("account/confirm/", confirm.confirm_by_passkey, name="confirm_by_passkey"),
    path("account/confirm/options/", confirm.confirm_options, name="confirm_options"),
    path("account/add/", factors.add_factor, name="add_factor"),
    path("account/passkeys/add/", factors.add_passkey, name="add_passkey"),
    path(
        "account/passkeys/options/",
        factors.registration_options,
        name="registration_options",
    ),
    path("account/passkeys/new/", factors.register_passkey, name="register_passkey"),
    path(
        "account/passkeys/<int:passkey>/name/",
        factors.rename_passkey,
        name="rename_passkey",
    ),
    path(
        "account/passkeys/<int:passkey>/remove/",
        factors.remove_passkey,
        name="remove_passkey",
    ),
    path("account/app/", factors.add_app, name="add_app"),
    path("account/app/remove/", factors.remove_app, name="remove_app"),
    path("account/codes/", factors.show_codes, name="recovery_codes"),
    path("account/codes/kept/", factors.put_codes_away, name="put_codes_away"),
    path("account/codes/new/", factors.new_codes, name="new_codes"),
    path(
        "account/sessions/<slug:session>/end/",
        account.end_one_session,
        name="end_session",
    ),
    path(
        "account/sessions/end-others/",
        account.end_other_sessions,
        name="end_other_sessions",
    ),
]
