"""Small bots of other libraries, one for each library and feature, that run against the sandbox as they would against Discord."""
