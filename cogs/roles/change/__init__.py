"""Changing roles at Discord."""
