from core.contributions import contributes
from core.i18n import translator
from core.settings.contributions import SettingsPage, settings_pages

_ = translator(__name__)


@contributes(settings_pages)
def pages():
    return SettingsPage(_("Kinds of goods"), "stall.kinds", "stall.edit", "tags")
