//! People: channels, organizations, persons, accounts, identities, users, grants, stand_ins, tokens, person_versions, throttles, counters.

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// One united front work department's tenancy.
    channels (id) {
        id -> DbUuid,
        code -> Text,
        name -> Text,
        settings -> Text,
        version -> BigInt,
        created_at -> DbTime,
        calendar_version -> BigInt,
        webhook_version -> BigInt,
        people_version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Nullable, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// Parties, federations, associations, departments.
    organizations (id) {
        id -> DbUuid,
        channel_id -> DbUuid,
        name -> Text,
        kind -> Text,
        screening -> Bool,
        version -> BigInt,
        created_at -> DbTime,
        closed_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// Persons, each once in the installation, with or without an account.
    persons (id) {
        id -> DbUuid,
        name -> Text,
        salt -> Binary,
        version -> BigInt,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// The sign-in names and addresses of persons, for the whole installation.
    accounts (id) {
        id -> DbUuid,
        person_id -> DbUuid,
        login -> Text,
        email -> Text,
        mobile -> Text,
        language -> Text,
        suspended_at -> Nullable<DbTime>,
        salt -> Binary,
        version -> BigInt,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// The identities by which an account authenticates.
    identities (id) {
        id -> DbUuid,
        account_id -> DbUuid,
        kind -> Text,
        secret -> Text,
        set_at -> DbTime,
        mac -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// Memberships of a person in a channel; their roles are grants.
    users (id) {
        id -> DbUuid,
        channel_id -> DbUuid,
        organization_id -> DbUuid,
        login -> Text,
        name -> Text,
        post -> Text,
        email -> Text,
        mobile -> Text,
        language -> Text,
        password_hash -> Nullable<Text>,
        password_at -> Nullable<DbTime>,
        suspended_at -> Nullable<DbTime>,
        salt -> Binary,
        version -> BigInt,
        created_at -> DbTime,
        person_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// Roles of members, with their organisations.
    grants (id) {
        id -> DbUuid,
        user_id -> DbUuid,
        channel_id -> DbUuid,
        organization_id -> DbUuid,
        role -> Text,
        serves_id -> Nullable<DbUuid>,
        granted_at -> DbTime,
        revoked_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// One person acts for another for a period.
    stand_ins (id) {
        id -> DbUuid,
        channel_id -> DbUuid,
        absent_id -> DbUuid,
        stand_in_id -> DbUuid,
        role -> Text,
        from_at -> DbTime,
        to_at -> DbTime,
        created_by -> DbUuid,
        created_at -> DbTime,
        ended_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// Sessions, API tokens and one-time links; only the hash of the secret is stored.
    tokens (id) {
        id -> DbUuid,
        user_id -> DbUuid,
        channel_id -> DbUuid,
        kind -> Text,
        name -> Text,
        hash -> Binary,
        created_at -> DbTime,
        expires_at -> DbTime,
        seen_at -> DbTime,
        revoked_at -> Nullable<DbTime>,
        mac -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// Names and organisations of people from a time on.
    person_versions (user_id, number) {
        user_id -> DbUuid,
        number -> BigInt,
        login -> Text,
        name -> Text,
        post -> Text,
        organization_id -> DbUuid,
        organization -> Text,
        salt -> Binary,
        created_at -> DbTime,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::store::types::DbTime;

    /// Failed sign-ins and requests, counted by subject and window.
    throttles (subject, window_at) {
        subject -> Text,
        window_at -> DbTime,
        hits -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::store::types::DbUuid;

    /// Counters of numbers, each of which is assigned once.
    counters (channel_id, name) {
        channel_id -> DbUuid,
        name -> Text,
        value -> BigInt,
    }
}
