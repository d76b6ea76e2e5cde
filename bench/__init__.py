"""Measurements: what a click costs and how long members wait, beside minimal bots and Discord's own limits."""
