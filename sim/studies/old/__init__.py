"""What version 0.1 saved, as it was: its outcomes are defined otherwise than those of today."""
