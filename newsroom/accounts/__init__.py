"""Staff accounts: second factors, sessions, and the pages on which their owners manage them."""
