"""The web side of the kernel: routes that declare who may call them, one transaction a request, pages and fragments."""

from core.web.access import SIGNED_IN as SIGNED_IN
from core.web.access import Access as Access
from core.web.answers import redirect_to as redirect_to
from core.web.answers import toast as toast
from core.web.recent_login import require_recent_login as require_recent_login
from core.web.rendering import render as render
from core.web.routes import AddonViews as AddonViews
