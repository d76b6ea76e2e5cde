"""Export, import and templates."""
