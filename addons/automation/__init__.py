"""Automation: rules of a trigger, conditions and actions, over the records that other addons offer (SYS-16)."""
