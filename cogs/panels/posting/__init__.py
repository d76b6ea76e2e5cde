"""Panels as messages: drawn, posted, followed, and taken down."""
