//! The rules held against tables that were written from `domain.md` alone, and against sequences of acts.

mod values;
