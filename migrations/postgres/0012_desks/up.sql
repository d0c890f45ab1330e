-- Four eyes. Kept equal in migrations/sqlite and migrations/postgres; a test compares them.

-- For whom a stand-in wrote an edited text: that person is as bound by it as the one who wrote it.
ALTER TABLE texts ADD COLUMN on_behalf_of UUID REFERENCES users (id);
