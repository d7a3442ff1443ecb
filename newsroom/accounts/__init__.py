"""Accounts of the staff: second factors, sessions, and what their owner does with them."""
