"""What the links in our mails lead to."""

from django.http import Http404


def confirm(request, token):
    raise Http404


def stop(request, token):
    raise Http404
