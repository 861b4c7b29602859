"""What the dashboard shows of the policies, one view a file."""
