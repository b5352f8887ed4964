"""What can be done with users, departments and groups. Views, the command line and demo data all come through here."""

from core.access.services.departments import create_department as create_department
from core.access.services.departments import set_department_members as set_department_members
from core.access.services.departments import update_department as update_department
from core.access.services.groups import add_group_members as add_group_members
from core.access.services.groups import copy_group as copy_group
from core.access.services.groups import create_group as create_group
from core.access.services.groups import delete_group as delete_group
from core.access.services.groups import remove_group_member as remove_group_member
from core.access.services.groups import rename_group as rename_group
from core.access.services.groups import require_second_factor as require_second_factor
from core.access.services.groups import reset_group as reset_group
from core.access.services.groups import set_group_members as set_group_members
from core.access.services.groups import tick_permissions as tick_permissions
from core.access.services.password_links import make_password_link as make_password_link
from core.access.services.password_links import use_password_link as use_password_link
from core.access.services.second_factor import reset_second_factor as reset_second_factor
from core.access.services.users import change_password as change_password
from core.access.services.users import create_user as create_user
from core.access.services.users import lock_user as lock_user
from core.access.services.users import new_password_problems as new_password_problems
from core.access.services.users import set_preferences as set_preferences
from core.access.services.users import sign_out_everywhere as sign_out_everywhere
from core.access.services.users import unlock_user as unlock_user
from core.access.services.users import update_user as update_user
