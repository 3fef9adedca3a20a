"""Rows and repositories: how the core's entities are kept in SQLite or PostgreSQL."""
