"""
Deliberate faults, each of which the tests must catch.

A fault is a place in the code: the file, the text that is replaced, and what stands there
instead. `tests` are the files in which at least one test must fail then.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    file: str
    right: str
    wrong: str
    tests: str


FAULTS = [
    # What the public may see
    Fault(
        "articles/models/querysets.py",
        "            _no_embargo(now),\n            status=self.model.Status.PUBLISHED,",
        "            status=self.model.Status.PUBLISHED,",
        "tests/articles/models/test_querysets.py tests/test_visibility.py",
    ),
    Fault(
        "articles/models/querysets.py",
        "            published_at__lte=now,\n        )\n\n    def scheduled",
        "        )\n\n    def scheduled",
        "tests/articles/models/test_querysets.py",
    ),
    Fault(
        "articles/models/querysets.py",
        ".exclude(withdrawal=self.model.Withdrawal.VANISHED)",
        ".all()",
        "tests/articles/public/test_withdrawn.py",
    ),
    Fault(
        "comments/models/querysets.py",
        "return self.standing().filter(_is_on_a_visible_article())",
        "return self.standing()",
        "tests/test_visibility.py tests/comments/models/test_comment.py",
    ),
    Fault(
        "articles/models/article.py",
        "Q(published_at__gt=self.published_at) | Q(id__gt=self.pk),",
        "Q(published_at__gt=self.published_at),",
        "tests/articles/models/test_article.py",
    ),
    # Steps and their guards
    Fault(
        "articles/models/article_steps.py",
        "filter(allowed, pk=article.pk, **(still or {}))",
        "filter(allowed, pk=article.pk)",
        "tests/articles/publishing/test_bulk.py tests/articles/models/test_article.py",
    ),
    Fault(
        "articles/models/article_steps.py",
        "filter(allowed, pk=article.pk, **(still or {}))",
        "filter(pk=article.pk, **(still or {}))",
        "tests/articles/test_refused_steps.py",
    ),
    Fault(
        "articles/models/article_steps.py",
        "    at = max(filter(None, [at or now, article.embargo_until]))\n",
        "    at = at or now\n",
        "tests/articles/models/test_article.py",
    ),
    Fault(
        "articles/models/article_steps.py",
        "    if is_republished and was_rewritten(article):",
        "    if False:",
        "tests/articles/publishing/test_bulk.py",
    ),
    # Comments: repeats, throttle, screening, proof
    Fault(
        "comments/posting/submit.py",
        "            if one.repeat_key in self.keys:",
        "            if False:",
        "tests/comments/posting/test_submit.py",
    ),
    Fault(
        "comments/posting/submit.py",
        "        if self.by is None and wait:",
        "        if False:",
        "tests/comments/posting/test_submit.py",
    ),
    Fault(
        "comments/screening/rules.py",
        "        Weight.HOLDS if finding.weight is None else finding.weight",
        "        Weight.INFORMS if finding.weight is None else finding.weight",
        "tests/comments/screening/test_rules.py",
    ),
    Fault(
        "comments/screening/rules.py",
        "default = Weight.INFORMS if posted.is_trusted else Weight.HOLDS",
        "default = Weight.INFORMS",
        "tests/comments/posting/test_submit.py tests/comments/screening/test_rules.py",
    ),
    Fault(
        "comments/security/tokens.py",
        'known = {"takes_old_links": True} if key is None else {"link_key": key}',
        "known = {}",
        "tests/comments/security/test_tokens.py",
    ),
    Fault(
        "comments/security/csrf.py",
        "    return _origin_of(origin) in origins",
        "    return _origin_of(origin) is not None",
        "tests/comments/security/test_csrf.py",
    ),
    Fault(
        "comments/privacy/export_and_erase.py",
        "    Comment.objects.with_unproven_address(mailbox).forget_addresses()\n",
        "",
        "tests/comments/privacy/test_export_and_erase.py",
    ),
    Fault(
        "comments/privacy/export_and_erase.py",
        "            Comment.objects.of_owner(mailbox)",
        "            Comment.objects.filter(email=mailbox.address)",
        "tests/comments/privacy/test_export_and_erase.py",
    ),
    Fault(
        "comments/mail/one_click.py",
        "not (self.has_ended or self.comes_too_late)",
        "not self.has_ended",
        "tests/comments/views/test_by_mail.py tests/comments/mail/test_one_click.py",
    ),
    Fault(
        "comments/mail/one_click.py",
        "    if not settings.DECIDE_BY_MAIL:",
        "    if False:",
        "tests/comments/views/test_by_mail.py",
    ),
    Fault(
        "comments/mail/throttling.py",
        "    return not longest_wait(limits, newest, now)",
        "    return True",
        "tests/comments/mail/test_throttling.py",
    ),
    Fault(
        "comments/stats/csv.py",
        '        return f"\'{value}"',
        "        return value",
        "tests/comments/stats/test_csv.py",
    ),
    # HTML and images
    Fault(
        "articles/content/html.py",
        "return value if _is_own_picture(value) else None",
        "return value",
        "tests/articles/content/test_html.py",
    ),
    Fault(
        "articles/content/html.py",
        "        if (cleaned := _article.clean(shallow)) == html:",
        "        if (cleaned := shallow) == html:",
        "tests/articles/content/test_html.py",
    ),
    Fault(
        "articles/content/html.py",
        "return html if _digest(html) in _known_clean else clean_article(html)",
        "return html",
        "tests/articles/content/test_html.py tests/articles/content/test_nesting.py",
    ),
    # The server and the page cache
    Fault(
        "articles/core/http_cache.py",
        "    return settings.SESSION_COOKIE_NAME in request.COOKIES",
        "    return False",
        "tests/newsroom/server/page_cache tests/articles/public/test_views.py",
    ),
    Fault(
        "articles/core/pagination.py",
        "        return cls(at, id) if 0 < id <= LARGEST_ID else None",
        "        return cls(at, id)",
        "tests/articles/core/test_pagination.py",
    ),
    Fault(
        "newsroom/server/body_limits.py",
        "    return LARGEST_BODY\n",
        "    return 10**9\n",
        "tests/newsroom/server/test_body_limits.py",
    ),
    Fault(
        "newsroom/logs.py",
        '    return _PRIVATE_LINK.sub(r"\\1…", text)',
        "    return text",
        "tests/newsroom/test_logs.py",
    ),
    # Accounts
    Fault(
        "newsroom/accounts/second_factor.py",
        "    return is_on() and has_one(user)",
        "    return False",
        "tests/newsroom/accounts/test_sign_in.py",
    ),
    Fault(
        "newsroom/accounts/second_factor.py",
        "    return is_required() and user.is_staff and not has_one(user)",
        "    return False",
        "tests/newsroom/accounts/test_sign_in.py",
    ),
    Fault(
        "newsroom/accounts/second_factor.py",
        "    return 0 <= age < FRESH_SECONDS",
        "    return True",
        "tests/newsroom/accounts/test_fresh_sign_in.py",
    ),
    Fault(
        "newsroom/accounts/totp.py",
        "    return step is not None and app.note_use(step)",
        "    return step is not None",
        "tests/newsroom/accounts/test_totp.py",
    ),
    Fault(
        "newsroom/accounts/recovery_codes.py",
        "    return bool(unused.update(used_at=timezone.now()))",
        "    return unused.exists()",
        "tests/newsroom/accounts/test_recovery_codes.py",
    ),
    Fault(
        "newsroom/accounts/throttling.py",
        "    if browser:\n",
        "    if False:\n",
        "tests/newsroom/accounts/test_password_sign_in.py",
    ),
    Fault(
        "newsroom/accounts/throttling.py",
        "    if wait:\n        attempt.delete()\n",
        "",
        "tests/newsroom/accounts/test_password_sign_in.py",
    ),
    Fault(
        "newsroom/accounts/throttling.py",
        "    account = _key(limits, caseless_name(name))",
        "    account = _key(limits, name)",
        "tests/newsroom/accounts/test_password_sign_in.py",
    ),
    Fault(
        "newsroom/accounts/session_store.py",
        "            seen_at=now, expire_date=self.get_expiry_date()\n",
        "            seen_at=now\n",
        "tests/newsroom/accounts/test_sessions.py",
    ),
    # The server
    Fault(
        "newsroom/server/proxies.py",
        "            if not self._trusts(address):\n                break\n",
        "",
        "tests/newsroom/server/test_proxies.py",
    ),
    # Pictures
    Fault(
        "articles/images/media_views.py",
        "    if image is None or image.former_file == place:",
        "    if image is None:",
        "tests/articles/images/test_media_views.py tests/articles/test_stores.py"
        " tests/articles/test_secret_addresses_migration.py",
    ),
    Fault(
        "articles/images/processing/validation.py",
        "    if size > LARGEST_FILE:",
        "    if False:",
        "tests/articles/images/processing/test_validation.py",
    ),
]
