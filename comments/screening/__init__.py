"""
What is found in a comment before anybody reads it.

`past` reads what the rules need to know, `rules` look at it and at nothing else, and
one decision is made of all that they find. `wording` says each finding to people.
"""

from comments.screening.past import posted_as, what_came_before
from comments.screening.rules import decide, look_at

__all__ = ["decide", "look_at", "posted_as", "what_came_before"]
