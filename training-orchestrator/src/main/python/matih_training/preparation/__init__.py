"""Makes a bundle of a model that a notebook logged. Everything here runs beside the tenant's own code, in a process that holds
no key and no address: `prepare.py` has the steps in their order."""
