"""Django's own handler of requests, which also takes those that no browser would send."""

import django
from django.core.exceptions import BadRequest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest


class Request(WSGIRequest):
    def _set_content_type_params(self, meta):
        """
        A Content-Type that nobody can read is none.

        Django raises BadRequest for one that is too long while it makes the request, where
        nothing catches it: the answer was a 500 of the server.
        """
        try:
            super()._set_content_type_params(meta)
        except BadRequest:
            self.content_type, self.content_params = "", {}


class Handler(WSGIHandler):
    request_class = Request


def get_application():
    """As `django.core.wsgi.get_wsgi_application`."""
    django.setup(set_prefix=False)
    return Handler()
