import time_machine

from newsroom.accounts import totp
from newsroom.models import AuthenticatorApp
from tests.newsroom.accounts.conftest import code_of, give_app

# RFC 6238, appendix B, for SHA-1: the last six of the eight digits.
SECRET = b"12345678901234567890".hex()
EXAMPLES = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
    20000000000: "353130",
}


def test_codes_are_those_of_the_standard():
    for at, code in EXAMPLES.items():
        assert totp.code_at(SECRET, at) == code
        assert totp.step_of(SECRET, code, at) == at // 30


def test_a_code_is_good_one_step_early_and_late_and_no_further():
    code, step = totp.code_at(SECRET, 3000), 100
    good = {
        seconds: totp.step_of(SECRET, code, 3000 + seconds)
        for seconds in range(-60, 90)
    }
    assert {seconds for seconds, found in good.items() if found == step} == set(
        range(-30, 60)
    )
    assert set(good.values()) == {step, None}


def test_blanks_in_a_code_do_not_matter_and_nothing_else_is_a_code():
    assert totp.step_of(SECRET, " 287 082 ", 59) == 1
    for wrong in [
        "",
        "28708",
        "2870822",
        "２８７０８２",
        "287-082",
        "28708a",
        "²87082",
    ]:
        assert totp.step_of(SECRET, wrong, 59) is None


def test_each_code_is_taken_once_and_none_that_is_older(editor):
    with time_machine.travel(1_900_000_000, tick=False):
        secret = give_app(editor)
        app = AuthenticatorApp.objects.get()
        earlier, now = code_of(secret, later=-30), code_of(secret)
        assert totp.use_app_code(app, now)
        assert not totp.use_app_code(app, now)
        assert not totp.use_app_code(app, earlier)
        assert totp.use_app_code(app, code_of(secret, later=30))


def test_the_secret_does_not_stand_in_the_database(editor, settings):
    secret = give_app(editor)
    app = AuthenticatorApp.objects.get()
    assert secret not in app.encrypted_secret
    assert totp.secret_as_text(secret).replace(" ", "") not in app.encrypted_secret
    code = code_of(secret)
    # It can be read with an earlier key of the site, and with no other.
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert totp.use_app_code(app, code)
    settings.SECRET_KEY_FALLBACKS = []
    assert not totp.use_app_code(app, code_of(secret, later=30))


def test_an_app_learns_the_site_and_the_account_from_the_picture(editor, settings):
    settings.SITE_NAME = "The Harrow & Wendle: News"
    address = totp.address_for_app(SECRET, editor)
    assert address.startswith(
        "otpauth://totp/The%20Harrow%20%26%20Wendle%20%20News:edith?"
    )
    assert "secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" in address
    assert "period=30" in address
    assert totp.secret_as_text(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    assert totp.qr_code(address).startswith("data:image/svg+xml")
