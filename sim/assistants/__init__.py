"""Assistants: what the simulator tells a program that asks over the Model Context Protocol, on this
machine and with bounds."""
