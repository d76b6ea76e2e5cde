"""Plain values and pure rules: what to do is decided here, with nothing but the standard library."""
