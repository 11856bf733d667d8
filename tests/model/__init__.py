"""What must be true of the model, whatever its parameters."""
