"""The data folder, the disk under it, and the files that browsers load."""

from __future__ import annotations

import shutil
import stat

from core.config import Config
from core.operations.doctor.findings import Findings, error, ok, warning
from core.operations.health import can_write
from core.ui.assets import is_built

LITTLE = 2 << 30
NOTHING = 200 << 20
"""Bytes that are free: below the first somebody should look, below the second the next import fails."""


def check_files(config: Config) -> Findings:
    """Rights, room, assets."""
    folder = config.data
    if not folder.is_dir() or not can_write(folder):
        why = "Uploads, exports and (on SQLite) everything else cannot be saved."
        fix = f"Make it, and let it belong to the account that serves: install -d -m 750 -o banyan {folder}"
        yield error("data-folder", f"{folder} cannot be written.", why, fix)
    elif stat.S_IMODE(folder.stat().st_mode) & stat.S_IRWXO:
        why = "Every account of this machine can look into it, at attachments and exports."
        yield warning("data-folder", f"{folder} is open to everybody.", why, f"chmod o-rwx {folder}")
    else:
        yield ok("data-folder", f"{folder} can be written.")
    if folder.is_dir():
        yield from _room(config)
    if is_built():
        yield ok("assets", "Styles, scripts, fonts and icons are built.")
    else:
        why = "Pages appear without styles and icons, and nothing moves."
        yield error("assets", "The browser's files are missing.", why, "make assets, or python -m core.ui.assets")


def _room(config: Config) -> Findings:
    usage = shutil.disk_usage(config.data)
    what = f"{usage.free / (1 << 30):.1f} GB of {usage.total / (1 << 30):.1f} GB are free under {config.data}."
    fix = "Make room, or move the folder to a larger disk."
    if usage.free < NOTHING:
        yield error("disk", what, "Nothing can be saved when it is full.", fix)
    elif usage.free < LITTLE:
        yield warning("disk", what, "Nothing can be saved when it is full.", fix)
    else:
        yield ok("disk", what)
