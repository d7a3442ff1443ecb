"""
What readers see and send when they report an error in an article.

The request is a row of `articles`, where the editors answer it. Readers send it through
what their other forms use: networks, throttles, tokens and the field that is a decoy.
"""
