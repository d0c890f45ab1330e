ALTER TABLE channels DROP COLUMN webhook_version;
DROP TABLE webhooks;
