"""Articles as structured data of schema.org, for search engines."""

from django.conf import settings

from articles.images.picture_html import absolute
from articles.models import Credit


def news_article(article):
    """A dict of the NewsArticle, for JSON-LD, with everybody whom the byline names."""
    address = settings.SITE_URL + article.get_absolute_url()
    changed_at = article.updated or article.published_at
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "description": article.standfirst,
        "url": address,
        "image": _images(article),
        "mainEntityOfPage": address,
        "inLanguage": article.language,
        "datePublished": article.published_at and article.published_at.isoformat(),
        "dateModified": changed_at and changed_at.isoformat(),
        "correction": [_correction(address, one) for one in article.corrections.all()],
        "keywords": [tag.name for tag in article.tags.all()],
        "publisher": {
            "@type": "NewsMediaOrganization",
            "name": settings.SITE_NAME,
            "url": settings.SITE_URL + "/",
        },
        **_named(article.credits.all()),
    }
    return {name: value for name, value in data.items() if value}


def _images(article):
    """The lead image in the three shapes that search engines ask for."""
    if article.lead is None:
        return []
    return [
        {
            "@type": "ImageObject",
            "url": absolute(article.lead.address_of(recipe)),
            "width": recipe.width,
            "height": recipe.height,
            **({"creditText": article.lead.credit} if article.lead.credit else {}),
        }
        for shape in ["wide", "classic", "square"]
        for recipe in article.lead.in_shape(shape)
    ]


def _correction(address, correction):
    return {
        "@type": "CorrectionComment",
        "name": correction.get_kind_display(),
        "text": correction.text,
        "datePublished": correction.at.isoformat(),
        "url": f"{address}#correction-{correction.pk}",
    }


def _named(credits):
    """Writers as authors, editors as editors, and everybody else as contributors with a role."""
    named = {"author": [], "editor": [], "contributor": []}
    for credit in credits:
        person = _person(credit.person)
        if credit.role == Credit.Role.BY:
            named["author"].append(person)
        elif credit.role == Credit.Role.EDITING:
            named["editor"].append(person)
        else:
            named["contributor"].append(
                {
                    "@type": "Role",
                    "roleName": credit.get_role_display(),
                    "contributor": person,
                }
            )
    return named


def _person(person):
    return {
        "@type": "Person",
        "name": person.name,
        "url": settings.SITE_URL + person.get_absolute_url(),
    }
