ALTER TABLE texts DROP COLUMN on_behalf_of;
