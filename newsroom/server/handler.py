"""Django's request handler, extended for requests that no browser sends."""

import django
from django.core.exceptions import BadRequest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest


class Request(WSGIRequest):
    def _set_content_type_params(self, meta):
        """
        Treat an invalid Content-Type as missing.

        Django raises BadRequest for a Content-Type that is too long while it creates the
        request, where nothing catches it: the server answered 500.
        """
        try:
            super()._set_content_type_params(meta)
        except BadRequest:
            self.content_type, self.content_params = "", {}


class Handler(WSGIHandler):
    request_class = Request


def get_application():
    """Like `django.core.wsgi.get_wsgi_application`, with our handler."""
    django.setup(set_prefix=False)
    return Handler()
