"""Backups: one sealed file, the same for both databases; how it is made, read, kept, and put back in place.

The modules import each other one way: `errors` ← `sealing` ← `packing` ← `making`, `restoring`; `checking` reads a
database file; `rows` is what the database itself knows of its backups.
"""
