"""
The screening: rules that examine a comment before anybody reads it.

`past` loads everything that the rules need. `rules` are pure functions of that; their
findings lead to one decision. `wording` explains each finding to moderators.
"""

from comments.screening.past import posted_as, what_came_before
from comments.screening.rules import decide, look_at

__all__ = ["decide", "look_at", "posted_as", "what_came_before"]
