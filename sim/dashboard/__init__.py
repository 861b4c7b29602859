"""The dashboard: move levers, see an estimate at once and the real runs as they land, leave with files.

It reads results and never imports the model: live runs are made by the normal command line, in processes of their own.
"""
