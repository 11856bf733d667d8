"""The budget game."""
