"""A mail server on loopback that speaks real SMTP and can fail like a real one."""

import logging
from contextlib import contextmanager
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller

from tests.newsroom.conftest import free_port

# aiosmtpd logs every step with addresses; our own log must not contain any.
logging.getLogger("mail.log").setLevel(logging.ERROR)


class MailServer:
    """Keeps what it receives: `letters` as parsed mails, `envelopes` with the recipients."""

    def __init__(self):
        self.port = free_port()
        self.url = f"smtp://127.0.0.1:{self.port}"
        self.letters = []
        self.raw = []
        self.recipients = []
        self.answers = {}
        self.hangs_up = False

    @property
    def mailers(self):
        """The setting MAILERS for this server."""
        options = {"host": "127.0.0.1", "port": self.port, "timeout": 5}
        backend = "django.core.mail.backends.smtp.EmailBackend"
        return {"default": {"BACKEND": backend, "OPTIONS": options}}

    @contextmanager
    def running(self):
        controller = Controller(self, hostname="127.0.0.1", port=self.port)
        controller.start()
        try:
            yield self
        finally:
            controller.stop()

    # The hooks of aiosmtpd; `answers` can replace the answer “yes”.

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        answer = self.answers.get("RCPT", "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.hangs_up:
            server.transport.abort()
            return "421 Gone"
        answer = self.answers.get("DATA", "250 Taken")
        if answer.startswith("250"):
            self.raw.append(envelope.original_content)
            self.letters.append(
                message_from_bytes(envelope.original_content, policy=policy.default)
            )
            self.recipients.append(envelope.rcpt_tos)
        return answer
