"""Data: models, links, types, sessions bound to an actor, and the scope that is put on every statement.

The names an addon needs are re-exported here.
"""

from core.db.actor import Actor as Actor
from core.db.base import Model as Model
from core.db.base import TenantModel as TenantModel
from core.db.base import bare_id as bare_id
from core.db.base import index as index
from core.db.base import link as link
from core.db.base import link_to_any as link_to_any
from core.db.base import to as to
from core.db.base import unique as unique
from core.db.field_values import CustomFields as CustomFields
from core.db.ids import uuid7 as uuid7
from core.db.mixins import Audited as Audited
from core.db.mixins import Numbered as Numbered
from core.db.mixins import Numbering as Numbering
from core.db.mixins import Searchable as Searchable
from core.db.mixins import SoftDelete as SoftDelete
from core.db.mixins import Sortable as Sortable
from core.db.mixins import Stamped as Stamped
from core.db.mixins import Versioned as Versioned
from core.db.session import ActorSession as ActorSession
from core.db.session import db as db
from core.db.session import open_session as open_session
from core.db.session import system as system
from core.db.session import with_rights as with_rights
from core.db.types import Json as Json
from core.db.types import Money as Money
from core.db.types import PhoneNumber as PhoneNumber
from core.db.types import Scaled as Scaled
from core.db.types import UtcDateTime as UtcDateTime
from core.db.types import key_text as key_text
