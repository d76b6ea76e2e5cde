"""One package for each cog, each reloadable alone. Cogs never import one another; they share models and events."""
