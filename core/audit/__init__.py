"""The audit trail (SYS-18, CUS-036): who changed what, when, old value → new value. Append-only on both engines.

What people read of it is in ``kinds`` and ``telling``; its page is a resource.
"""

from core.audit.models import AuditEntry as AuditEntry
from core.audit.recorded import Recorded as Recorded
from core.audit.recording import AS_STAMPED as AS_STAMPED
from core.audit.recording import CAUSE as CAUSE
from core.audit.recording import CREATED_AS as CREATED_AS
from core.audit.recording import record as record
from core.audit.recording import record_bulk as record_bulk
