//! Writing: manuscripts, texts, authors, change_requests, decisions, attachments.

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Nullable, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// Manuscripts, their stages and details.
    manuscripts (id) {
        id -> DbUuid,
        channel_id -> DbUuid,
        number -> Nullable<Text>,
        stage -> Text,
        former_stage -> Nullable<Text>,
        version -> BigInt,
        title -> Text,
        category -> Text,
        kind -> Text,
        urgent -> Bool,
        details -> Text,
        text_id -> DbUuid,
        edited_text_id -> Nullable<DbUuid>,
        organization_id -> DbUuid,
        first_author_id -> DbUuid,
        entered_by -> Nullable<DbUuid>,
        created_at -> DbTime,
        stage_since -> DbTime,
        due_at -> Nullable<DbTime>,
        submitted_at -> Nullable<DbTime>,
        screening_at -> Nullable<DbTime>,
        review_at -> Nullable<DbTime>,
        signing_at -> Nullable<DbTime>,
        accepted_at -> Nullable<DbTime>,
        forwarded_at -> Nullable<DbTime>,
        handling_at -> Nullable<DbTime>,
        concluded_at -> Nullable<DbTime>,
        returned_from -> Nullable<Text>,
        merged_into -> Nullable<DbUuid>,
        pending -> Nullable<Text>,
        pending_until -> Nullable<DbTime>,
        untold_versions -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// The versions of a text; sealed ones never change.
    texts (id) {
        id -> DbUuid,
        manuscript_id -> DbUuid,
        round -> BigInt,
        kind -> Text,
        title -> Text,
        situation -> Text,
        causes -> Text,
        suggestions -> Text,
        characters -> BigInt,
        digest -> Nullable<Binary>,
        created_by -> DbUuid,
        created_at -> DbTime,
        sealed_at -> Nullable<DbTime>,
        on_behalf_of -> Nullable<DbUuid>,
        based_on -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use crate::store::types::DbUuid;

    /// Manuscripts that were signed with an outdated edited text, before that was refused.
    signed_outdated (manuscript_id) {
        manuscript_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// Its authors, invited ones included; name, post and organisation as they were at that time.
    authors (manuscript_id, user_id) {
        manuscript_id -> DbUuid,
        user_id -> DbUuid,
        position -> BigInt,
        name -> Text,
        post -> Text,
        organization_name -> Text,
        invited_at -> DbTime,
        signed_at -> Nullable<DbTime>,
        withdrawn_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// Changes requested of the author, anchored to passages.
    change_requests (id) {
        id -> DbUuid,
        manuscript_id -> DbUuid,
        entry_id -> DbUuid,
        text_id -> DbUuid,
        part -> Text,
        from_char -> BigInt,
        to_char -> BigInt,
        words -> Text,
        created_at -> DbTime,
        ticked_at -> Nullable<DbTime>,
        revoked_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Nullable, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// The texts of an act: opinion, reason, result.
    decisions (entry_id) {
        entry_id -> DbUuid,
        manuscript_id -> DbUuid,
        action -> Text,
        actor_id -> Nullable<DbUuid>,
        role -> Nullable<Text>,
        on_behalf_of -> Nullable<DbUuid>,
        reason_code -> Nullable<Text>,
        words -> Text,
        public -> Bool,
        created_at -> DbTime,
        undone_at -> Nullable<DbTime>,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::store::types::{DbTime, DbUuid};

    /// Files by content.
    attachments (id) {
        id -> DbUuid,
        channel_id -> DbUuid,
        manuscript_id -> DbUuid,
        subject_kind -> Text,
        subject_id -> DbUuid,
        sha256 -> Binary,
        name -> Text,
        media_type -> Text,
        bytes -> BigInt,
        uploaded_by -> DbUuid,
        created_at -> DbTime,
        removed_at -> Nullable<DbTime>,
        handed_in_at -> Nullable<DbTime>,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::store::types::{DbTime, DbUuid};

    /// Unsent input of forms about a manuscript.
    form_drafts (user_id, manuscript_id, form) {
        user_id -> DbUuid,
        manuscript_id -> DbUuid,
        form -> Text,
        stage_since -> DbTime,
        fields -> Text,
        saved_at -> DbTime,
    }
}
