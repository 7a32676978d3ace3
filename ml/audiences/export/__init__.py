"""Audiences as files for mailing tools and advertisers: layouts, contacts joined on the way, a log of every file."""
