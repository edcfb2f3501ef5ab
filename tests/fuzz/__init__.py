"""Whatever stands in a file from outside: it is read, or refused in one line; nothing crashes, hangs or takes all memory.

    python -m tests.fuzz                         # every loader in turn, a minute in all
    python -m tests.fuzz --target sweep --seconds 600

`targets` is the table of loaders, each a function of bytes, with the errors that it may raise. `seeds` holds what a run
begins with, `mutations` changes that the formats' own parsers let through, `campaign` runs one target under Atheris, which
keeps what reaches new code. Inputs that once went wrong stand in `corpus`, a folder for each target; tests replay them.
"""
