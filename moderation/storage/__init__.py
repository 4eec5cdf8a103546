"""All that speaks SQL: tables, one file a topic, and the migrations.

Every function takes a connection inside a transaction that its caller opened with `Database.read`
or `Database.write`; every query about a site's data is bound to that site's id.
SQLite and PostgreSQL take one path. Times are aware and in UTC.
"""
