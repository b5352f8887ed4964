"""Removing an addon's data from a deployment: everything is exported first, then dropped (``banyan addon purge``)."""

from core.purging.services import Purged as Purged
from core.purging.services import purge_addon as purge_addon
