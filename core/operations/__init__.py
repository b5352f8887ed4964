"""What the operator of a deployment sees: log lines, health and metrics, ``banyan doctor``. Nothing here is for a tenant."""
