"""What a click leads to."""
