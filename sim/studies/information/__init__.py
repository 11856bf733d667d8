"""What is worth knowing before choosing between the arms of a comparison over an ensemble."""
