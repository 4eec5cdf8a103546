"""Breaks a running service in every way that it promises to survive, and looks whether anything was lost.

Nothing of the service is imported: its ledger is what it was answered, what it can read, and what arrived.
"""
