"""Handlers translate an update into one call of a use case and answer with a view."""
