"""An addon that brings a sender for SMS, a template and a kind of notice."""
