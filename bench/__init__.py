"""How fast it is: ``python -m bench`` makes businesses of invented customers on a PostgreSQL of its own and measures them."""
