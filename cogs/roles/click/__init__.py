"""A click from its claim to its answer, and what is left of it after a crash or a wait."""
