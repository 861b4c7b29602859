"""Making the runs of a study: what a worker does, executors that outlive their workers, the driver that leads them."""
