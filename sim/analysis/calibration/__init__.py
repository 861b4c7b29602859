"""From rows of worlds to a posterior: emulators, history matching, posterior sampling, what the data identify."""
