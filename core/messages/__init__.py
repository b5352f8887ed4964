"""Outgoing messages (SYS-11): one queue of e-mails, SMS and Zalo messages, templates, and senders.

``queue_message`` writes a row in the caller's transaction; a job hands it over after the commit (``jobs.py``). What a
signed-in user reads in the application is a notice (``core.notifications``); some notices become e-mails here.
"""

from core.messages.channels import Channel as Channel
from core.messages.contributions import MessageTemplate as MessageTemplate
from core.messages.contributions import Outgoing as Outgoing
from core.messages.contributions import PermanentFailure as PermanentFailure
from core.messages.contributions import Sender as Sender
from core.messages.contributions import TemporaryFailure as TemporaryFailure
from core.messages.contributions import UncertainFailure as UncertainFailure
from core.messages.contributions import Variable as Variable
from core.messages.contributions import message_templates as message_templates
from core.messages.contributions import senders as senders
