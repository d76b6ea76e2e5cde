"""The use cases: panels, their rules and their copies, changed through one door."""
