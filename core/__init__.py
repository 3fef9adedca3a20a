"""The rules and use cases of customer management: no chat platform, no SQL, no scheduler."""
