"""What a panel was: versions, undo and restoring."""
