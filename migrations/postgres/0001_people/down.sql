DROP TABLE counters;
DROP TABLE throttles;
DROP TABLE tokens;
DROP TABLE stand_ins;
DROP TABLE grants;
DROP TABLE users;
DROP TABLE organizations;
DROP TABLE channels;
