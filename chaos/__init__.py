"""Crash tests: the real bot in processes of its own, people who use it, and what is done to it meanwhile."""
