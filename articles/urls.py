from django.urls import include, path, register_converter

from articles.core import slugs  # noqa: F401 - registers the converter
from articles.images import media_views
from articles.public import feeds, ical, preview, sitemaps, views


class Digits:
    """A path converter for numbers with exactly `length` digits."""

    def to_python(self, value):
        return int(value)

    def to_url(self, value):
        return f"{value:0{self.length}}"


class Year(Digits):
    length = 4
    regex = "[0-9]{4}"


class Month(Digits):
    length = 2
    regex = "[0-9]{2}"


register_converter(Year, "yyyy")
register_converter(Month, "mm")

app_name = "articles"

in_each_language = [
    path("", views.home, name="home"),
    path("articles/<words:slug>/", views.article, name="article"),
    path("articles/<words:slug>/changes/", views.changes, name="changes"),
    path("tags/", views.tags, name="tags"),
    path("tags/<words:slug>/", views.tag, name="tag"),
    path("tags/<words:slug>/rss.xml", feeds.tag_rss, name="tag_rss"),
    path("people/<words:slug>/", views.person, name="person"),
    path("archive/", views.archive, name="archive"),
    path("archive/<yyyy:year>/", views.archive_year, name="archive_year"),
    path("archive/<yyyy:year>/<mm:month>/", views.archive_month, name="archive_month"),
    path("corrections/", views.corrections, name="corrections"),
    path("corrections/rss.xml", feeds.corrections_rss, name="corrections_rss"),
    path("feeds/rss.xml", feeds.rss, name="rss"),
]
in_no_language = [
    path(
        "media/image/<int:key>/", media_views.for_the_desk, name="picture_for_the_desk"
    ),
    path(
        "media/renditions/<slug:fingerprint>/<str:name>",
        media_views.rendition,
        name="rendition",
    ),
    path("media/originals/<path:path>", media_views.original, name="original"),
    path("media/", media_views.nothing),
    path("media/<path:path>", media_views.nothing),
    path("calendar/<slug:key>.ics", ical.calendar, name="calendar"),
    path("preview/<slug:key>/", preview.preview, name="preview"),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path(
        "sitemaps/<yyyy:year>/<mm:month>.xml",
        sitemaps.month_sitemap,
        name="sitemap_of_month",
    ),
    path("sitemaps/pages.xml", sitemaps.pages_sitemap, name="sitemap_of_pages"),
]


def patterns(below=""):
    """The URL patterns; those of pages that exist in each language are below this prefix."""
    pages = [path(below, include(in_each_language))] if below else in_each_language
    return [*pages, *in_no_language]


urlpatterns = patterns()
