"""Notices inside the application: the bell. Other channels (e-mail, SMS) build on the same rows later."""

from core.notifications.models import Notification as Notification
from core.notifications.services import notify as notify
