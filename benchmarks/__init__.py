"""How fast the service is and how much memory it takes, from one run on one machine: `make bench`."""
