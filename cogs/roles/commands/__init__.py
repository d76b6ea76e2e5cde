"""`/roles` and `/temporary`."""
