"""To come."""

import parts


def title():
    parts.title("?", "")


def show(chosen):
    pass
