"""`python -m basin` is `basin`."""

import sys

from basin.cli import main

if __name__ == "__main__":
    sys.exit(main())
