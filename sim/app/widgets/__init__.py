"""What pages are made of: their look, the settings at the side, the player of runs."""
