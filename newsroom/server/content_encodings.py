"""Which of our content encodings a client prefers."""

import re
from functools import lru_cache

LONGEST_ACCEPT_ENCODING = 200

# By preference, for browsers that accept several equally.
ENCODINGS = ("br", "gzip", "identity")


@lru_cache(maxsize=256)
def encoding_for(accepted: str) -> str:
    """The best of our encodings for an Accept-Encoding; what cannot be parsed is ignored."""
    weights = {}
    for item in accepted.lower().split(","):
        name, _, parameters = item.partition(";")
        weights[name.strip().removeprefix("x-")] = weight(parameters)
    others = weights.get("*", 0.0)
    wanted = {encoding: weights.get(encoding, others) for encoding in ENCODINGS}
    # Allowed unless something better is, and sent when nothing is accepted.
    wanted["identity"] = max(weights.get("identity", 0.0), 0.0001)
    return max(ENCODINGS, key=wanted.__getitem__)


def weight(parameters: str) -> float:
    """The `q` of an item in an Accept header: 1 if it is missing, 0 if it is invalid."""
    if not parameters.strip():
        return 1.0
    found = re.fullmatch(r"\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*", parameters)
    return float(found[1]) if found else 0.0
