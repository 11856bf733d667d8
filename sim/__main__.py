"""`python -m sim` is the command `estate`."""

from sim.cli import main

if __name__ == "__main__":
    main()
