"""What screens and forms are made of: components, the verbs of custom_ids, and words."""
