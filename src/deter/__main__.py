"""``python -m deter``: the command line."""

from deter.cli import main

if __name__ == "__main__":
    main()
