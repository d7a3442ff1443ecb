"""Passkeys and authenticator apps in a browser, with its virtual authenticator."""

from base64 import b32decode

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from newsroom.models import Passkey, SecurityEvent
from tests.factories import make_user
from tests.newsroom.accounts.conftest import PASSWORD, code_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


@pytest.fixture
def editor(transactional_db):
    return make_user(role="Editors", username="edith", email="edith@news.example")


@pytest.fixture(autouse=True)
def own_address(settings, live_server):
    settings.SITE_URL = live_server.url


class VirtualAuthenticator:
    """The authenticator of one browser, through the DevTools protocol."""

    def __init__(self, page, **wishes):
        self.cdp = page.context.new_cdp_session(page)
        self.cdp.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        } | wishes
        self.id = self.send("addVirtualAuthenticator", options=options)[
            "authenticatorId"
        ]

    def send(self, command, **arguments):
        return self.cdp.send(f"WebAuthn.{command}", arguments)

    def credentials(self):
        found = self.send("getCredentials", authenticatorId=self.id)
        return found["credentials"]

    def set_counter(self, counter):
        """Set the counter of the passkey, as a cloned authenticator would have it."""
        [credential] = self.credentials()
        self.send("clearCredentials", authenticatorId=self.id)
        self.send(
            "addCredential",
            authenticatorId=self.id,
            credential=credential | {"signCount": counter},
        )

    def is_touched(self, enabled=True):
        """Whether the user touches the authenticator when asked, from now on."""
        self.send(
            "setAutomaticPresenceSimulation", authenticatorId=self.id, enabled=enabled
        )

    def does_not_know_its_user(self):
        self.send("setUserVerified", authenticatorId=self.id, isUserVerified=False)


WITHOUT_OFFER = (
    "PublicKeyCredential.isConditionalMediationAvailable = async () => false"
)


def make_passkey(page, *, name="My phone"):
    page.goto(reverse("add_passkey"))
    page.get_by_label("Name of the passkey").fill(name)
    page.get_by_role("button", name="Create passkey").click()
    page.wait_for_url(f"**{reverse('recovery_codes')}")
    expect(page.get_by_text(f"The passkey “{name}” was added.")).to_be_visible()
    page.get_by_role("button", name="I have stored them").click()
    page.wait_for_url(f"**{reverse('account')}")


def sign_out(page):
    # On a phone the button is in the menu.
    if (menu := page.get_by_role("button", name="Menu")).is_visible():
        menu.click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_text("Logged out")).to_be_visible()


@pytest.fixture
def with_passkey(editor, open_page):
    """A signed-out browser whose authenticator has a passkey."""
    page = open_page(user=editor)
    page.authenticator = VirtualAuthenticator(page)
    make_passkey(page)
    sign_out(page)
    return page


def test_a_passkey_is_made_named_and_removed(editor, open_page):
    page = open_page(user=editor)
    authenticator = VirtualAuthenticator(page)
    make_passkey(page)
    [credential] = authenticator.credentials()
    assert credential["isResidentCredential"]
    assert credential["rpId"] == "localhost"
    page.get_by_text("Rename").click()
    page.get_by_label("New name").fill("Key ring")
    factors = page.get_by_role("region", name="Second factor")
    factors.get_by_role("button", name="Save").click()
    expect(page.get_by_text("is now called “Key ring”")).to_be_visible()
    page.get_by_role("link", name="Remove the passkey Key ring").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("“Key ring”?")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("The second factor was removed.")).to_be_visible()
    assert not Passkey.objects.exists()
    assert page.complaints == []


def test_the_browser_offers_it_where_the_name_is_typed(with_passkey):
    page = with_passkey
    # The virtual authenticator picks from the list that the browser shows in the field.
    page.goto(reverse("admin:articles_article_changelist"))
    expect(page.get_by_role("link", name="Your account")).to_be_visible()
    assert page.url.endswith("/admin/articles/article/")
    assert page.complaints == []


def test_it_signs_in_by_one_press(with_passkey):
    page = with_passkey
    # A browser that offers nothing under the field, where the touch would sign in too.
    page.add_init_script(WITHOUT_OFFER)
    page.goto(reverse("admin:articles_article_changelist"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("link", name="Your account")).to_be_visible()
    assert page.complaints == []
    event = SecurityEvent.objects.filter(kind=SecurityEvent.Kind.SIGNED_IN).first()
    assert event.detail == "With the passkey “My phone”."


def test_it_follows_the_password_as_the_second_step(with_passkey):
    page = with_passkey
    page.authenticator.is_touched(False)
    page.goto(reverse("admin:login"))
    page.get_by_label("Username").fill("edith")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    page.goto(reverse("admin:index"))
    expect(page.get_by_label("Username")).to_be_visible()
    page.goto(reverse("second_step"))
    page.authenticator.is_touched()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/admin/")


def test_a_passkey_that_was_copied_is_refused(with_passkey):
    page = with_passkey
    Passkey.objects.update(sign_count=100)
    page.authenticator.set_counter(50)
    page.goto(reverse("admin:login"))
    expect(page.get_by_role("status")).to_contain_text("may have been copied")
    page.goto(reverse("admin:index"))
    expect(page.get_by_label("Username")).to_be_visible()


def test_an_authenticator_that_does_not_verify_its_user_is_refused(with_passkey):
    page = with_passkey
    page.authenticator.does_not_know_its_user()
    page.goto(reverse("admin:login"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("status")).to_contain_text("No passkey was used")


def test_at_another_address_of_the_site_no_passkey_works(with_passkey, live_server):
    page = with_passkey
    other = live_server.url.replace("localhost", "127.0.0.1")
    page.goto(f"{other}/admin/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("status")).to_contain_text(
        f"Passkeys work only at {live_server.url}."
    )


def test_an_answer_that_is_sent_twice_lets_nobody_in(with_passkey, open_page):
    page = with_passkey
    with page.expect_request("**/admin/login/passkey/") as sent:
        page.goto(reverse("admin:login"))
    page.wait_for_url("**/admin/")
    thief = open_page()
    thief.goto(reverse("admin:login"))
    status = thief.evaluate(
        """async (body) => {
            const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
            const fields = new URLSearchParams(body);
            fields.set("csrfmiddlewaretoken", token);
            const options = { method: "POST", body: new URLSearchParams({csrfmiddlewaretoken: token}) };
            await fetch("/admin/login/passkey/options/", options);
            return (await fetch("/admin/login/passkey/", {method: "POST", body: fields})).status;
        }""",
        sent.value.post_data,
    )
    assert status == 422
    thief.goto(reverse("admin:index"))
    expect(thief.get_by_label("Username")).to_be_visible()


def test_a_passkey_confirms_that_its_owner_is_there(with_passkey):
    page = with_passkey
    page.goto(reverse("admin:login"))
    page.wait_for_url("**/admin/")
    forget_that_it_is_fresh()
    page.goto(reverse("new_codes"))
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(
        page.get_by_role("heading", name="Create new recovery codes?")
    ).to_be_visible()
    assert page.complaints == []


def forget_that_it_is_fresh():
    from newsroom.accounts.session_store import SessionStore
    from newsroom.models import StaffSession

    for session in StaffSession.objects.exclude(user=None):
        store = SessionStore(session.session_key)
        store["confirmed_at"] = 0
        store.save()


def test_without_a_script_the_app_works_from_its_picture_to_signing_in(
    editor, open_page
):
    page = open_page(user=editor, java_script_enabled=False)
    page.goto(reverse("account"))
    page.get_by_role("link", name="Add an authenticator app").click()
    expect(page.get_by_role("img", name="The secret as a QR code")).to_be_visible()
    shown = page.locator(".account__secret").text_content()
    secret = b32decode(shown.replace(" ", "")).hex()
    page.get_by_label("Code shown by the app").fill(code_of(secret))
    page.get_by_role("button", name="Add app").click()
    codes = page.locator(".account__codes code").all_text_contents()
    assert len(codes) == 10
    page.get_by_role("button", name="I have stored them").click()
    sign_out(page)
    page.goto(reverse("admin:login"))
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    page.get_by_label("Username").fill("edith")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_label("Code").fill(code_of(secret, later=30))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Good ")).to_be_visible()


def test_the_picture_says_what_the_text_says(editor, open_page):
    page = open_page(user=editor)
    page.goto(reverse("add_app"))
    assert page.evaluate("document.querySelector('.account__qr').naturalWidth > 0")
    assert page.complaints == []


@pytest.mark.parametrize(
    ("viewport", "scheme"), [(PHONE, "dark"), (DESK, "light")], ids=["phone", "desk"]
)
def test_axe_finds_nothing_and_nothing_is_too_wide(editor, open_page, viewport, scheme):
    page = open_page(user=editor, viewport=viewport, color_scheme=scheme)
    authenticator = VirtualAuthenticator(page)
    make_passkey(page, name="W" * 60)
    key = Passkey.objects.get().pk
    found = {}
    for address in [
        reverse("account"),
        reverse("add_factor"),
        reverse("add_passkey"),
        reverse("add_app"),
        reverse("new_codes"),
        reverse("remove_passkey", args=[key]),
    ]:
        page.goto(address)
        check(page, address, found)
    forget_that_it_is_fresh()
    page.goto(reverse("add_app"))
    check(page, "confirm", found)
    authenticator.is_touched(False)
    sign_out(page)
    page.goto(reverse("admin:login"))
    check(page, "login", found)
    page.get_by_label("Username").fill("edith")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/login/second/")
    check(page, "second", found)
    assert found == {}


def check(page, name, found):
    for violation in Axe().run(page).response["violations"]:
        nodes = [node["html"][:120] for node in violation["nodes"]]
        found[name, violation["id"]] = nodes
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > page.viewport_size["width"]:
        found[name, "width"] = width


def test_the_codes_are_printed_without_the_buttons(editor, open_page):
    page = open_page(user=editor)
    VirtualAuthenticator(page)
    page.goto(reverse("add_passkey"))
    page.get_by_role("button", name="Create passkey").click()
    page.wait_for_url(f"**{reverse('recovery_codes')}")
    page.emulate_media(media="print")
    expect(page.locator(".account__codes li")).to_have_count(10)
    expect(page.locator(".account__codes li").first).to_be_visible()
    expect(page.get_by_role("button", name="I have stored them")).to_be_hidden()
