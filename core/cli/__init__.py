"""The command line: ``banyan …``. Each command is a short wrapper round a service."""

from core.cli.main import main as main
