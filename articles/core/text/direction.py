"""The direction in which a language is written."""

# Languages written from right to left in the script that is usual for them, and the scripts
# themselves: CLDR 46, `characterOrder` of common/main and scriptMetadata.txt.
RIGHT_TO_LEFT = {
    "ar", "arc", "azb", "bal", "bgn", "ckb", "dv", "fa", "glk", "he", "hnd", "khw", "ks",
    "lrc", "luz", "mzn", "nqo", "pnb", "ps", "rhg", "sd", "sdh", "skr",
    "syr", "ug", "ur", "yi",
}  # fmt: skip
RIGHT_TO_LEFT_SCRIPTS = {
    "adlm", "arab", "aran", "hebr", "mand", "nkoo", "rohg", "samr", "syrc", "thaa",
}  # fmt: skip


def direction_of(language: str) -> str:
    """`rtl` or `ltr` for a language tag such as `ar`, `he-il` or `az-Arab`."""
    base, *subtags = language.lower().replace("_", "-").split("-")
    script = next((tag for tag in subtags if len(tag) == 4 and tag.isalpha()), None)
    if script:
        return "rtl" if script in RIGHT_TO_LEFT_SCRIPTS else "ltr"
    return "rtl" if base in RIGHT_TO_LEFT else "ltr"
