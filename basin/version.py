"""Which Basin this is; results keep it."""

VERSION = "0.1.0"
