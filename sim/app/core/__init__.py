"""What runs the room: cities and settings, runs and workers, sessions, who may come in."""
