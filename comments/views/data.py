"""Everything that was written with one address, for its owner."""

from django.http import Http404


def data(request, token):
    raise Http404
