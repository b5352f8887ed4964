"""Resources: one declaration gives a model its list, detail, form, bulk actions, spreadsheets and REST API.

The names an addon's ``resources.py`` needs are re-exported here.
"""

from core.api.declaration import Api as Api
from core.resources.base import Action as Action
from core.resources.base import DetailTab as DetailTab
from core.resources.base import Hint as Hint
from core.resources.base import Permissions as Permissions
from core.resources.base import Picker as Picker
from core.resources.base import Resource as Resource
from core.resources.base import Sent as Sent
from core.resources.base import Tab as Tab
from core.resources.base import find_resource as find_resource
from core.resources.board import Board as Board
from core.resources.board import Stage as Stage
from core.resources.bulk import BulkAction as BulkAction
from core.resources.bulk import BulkResult as BulkResult
from core.resources.bulk import Skipped as Skipped
from core.resources.bulk import for_each as for_each
from core.resources.columns import Column as Column
from core.resources.columns import Fact as Fact
from core.resources.filters import BooleanFilter as BooleanFilter
from core.resources.filters import ChoiceFilter as ChoiceFilter
from core.resources.filters import Filter as Filter
from core.resources.filters import NumberFilter as NumberFilter
from core.resources.filters import PeriodFilter as PeriodFilter
from core.resources.filters import TextFilter as TextFilter
from core.resources.filters import UserFilter as UserFilter
