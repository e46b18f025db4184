"""Who people are and how they prove it: users, groups, organizations, passwords, second factors, logins, roles."""
