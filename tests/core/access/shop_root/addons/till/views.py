from core.web import AddonViews

views = AddonViews(__name__)


@views.get("/takings", permission="till.read")
def takings():
    return "takings of today"
