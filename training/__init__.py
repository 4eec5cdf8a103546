"""How the shipped models are made and measured. Not installed with the service."""
