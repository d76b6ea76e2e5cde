"""Changes that wait for their turn."""
