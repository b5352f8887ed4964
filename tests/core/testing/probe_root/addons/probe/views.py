from flask import request

from core.web import AddonViews
from core.web.requests import current_actor

views = AddonViews(__name__)


@views.get("/", permission="probe.look")
def look():
    actor = current_actor()
    fragment = f" for {request.headers.get('HX-Target', 'any')}" if "HX-Request" in request.headers else ""
    return f"<!doctype html><title>Probe</title><h1>{actor.name}{fragment}</h1>"


@views.post("/push", permission="probe.push")
def push():
    return "pushed"
