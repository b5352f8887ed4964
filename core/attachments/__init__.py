"""Files that people attach to records: checked, stored by content, served as downloads only."""

from core.attachments.models import Attachment as Attachment
from core.attachments.services import attach as attach
