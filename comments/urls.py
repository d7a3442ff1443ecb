from django.urls import include, path

from comments import views
from comments.corrections import views as corrections
from comments.threads import feeds

app_name = "comments"

in_each_language = [
    path("articles/<words:slug>/comments/", views.thread, name="thread"),
    path("articles/<words:slug>/comments/rss.xml", feeds.rss, name="rss"),
    path("comments/rss.xml", feeds.site_rss, name="site_rss"),
    path("comments/<int:id>/", views.comment, name="comment"),
    path("comments/mine/<str:token>/", views.mine, name="mine"),
    path("comments/data/", views.ask_for_data, name="data"),
    path("comments/data/<str:token>/", views.data, name="data"),
    path("comments/mail/confirm/<str:token>/", views.confirm, name="confirm"),
    path("comments/mail/stop/<str:token>/", views.stop, name="stop"),
    path("comments/received/", views.received, name="received"),
    path("comments/<int:id>/report/", views.report, name="report"),
    path("comments/reported/", views.reported, name="reported"),
    path(
        "articles/<words:slug>/report-error/",
        corrections.report_error,
        name="report_error",
    ),
    path(
        "corrections/mine/<str:token>/",
        corrections.correction_request,
        name="correction_request",
    ),
]
in_no_language = [
    path("comments/decide/<str:token>/", views.confirm_decision, name="decide"),
]


def patterns(below=""):
    """The URL patterns; those of pages that exist in each language are below this prefix."""
    pages = [path(below, include(in_each_language))] if below else in_each_language
    return [*pages, *in_no_language]


urlpatterns = patterns()
