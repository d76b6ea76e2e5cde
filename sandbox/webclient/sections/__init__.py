"""What a window shows, section by section, as the protocol in `sandbox.webclient` describes it."""
