"""Sells, calls and delivers, as the applications do that fill the extension points of customers."""
