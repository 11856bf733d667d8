"""The score card: the model against what was reported, pattern by pattern."""
