"""What parcels tell others."""
