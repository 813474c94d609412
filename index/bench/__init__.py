"""Measures the way of a question, and its peers, over seeded archives of growing size."""
