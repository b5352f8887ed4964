"""Settings of a tenant. Declared and typed in manifests, read by ``setting("customer.code_prefix")``, changed by the pages
under ``/settings``."""

from core.settings.models import Setting as Setting
from core.settings.models import set_setting as set_setting
from core.settings.models import setting as setting
