"""``python -m core.cli``: the command line where no console script is installed."""

from core.cli.main import main

if __name__ == "__main__":
    main()
