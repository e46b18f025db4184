"""Who may reach what: the policy store, requests, approvals, grants, locks, and the answer that sessions act on."""
