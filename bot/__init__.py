"""The chat front end: updates in, messages out."""
