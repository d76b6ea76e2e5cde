"""What becomes of roles that were given: their end, their places, what is done in the background."""
