"""The pages of the workshop, one file each."""
