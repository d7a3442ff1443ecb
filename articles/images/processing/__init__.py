"""What becomes of a picture: whether it is taken, what is made of it, and how a page shows it."""
