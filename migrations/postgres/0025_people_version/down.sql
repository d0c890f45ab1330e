DROP TRIGGER organizations_people_version ON organizations;
DROP TRIGGER stand_ins_people_version ON stand_ins;
DROP TRIGGER grants_people_version ON grants;
DROP TRIGGER users_people_version ON users;
DROP FUNCTION count_people_version();
ALTER TABLE channels DROP COLUMN people_version;
