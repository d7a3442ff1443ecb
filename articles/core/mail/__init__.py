"""Mails: their headers in every script, and an HTML part made of the plain text."""
