"""Discord's REST API v10."""
