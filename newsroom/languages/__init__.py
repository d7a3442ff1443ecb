"""The languages of the interface: which exist, and which one a page speaks."""
