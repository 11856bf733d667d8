"""Dynamic adaptive policy pathways: when each plan stops being good enough, and which switch is then open."""
