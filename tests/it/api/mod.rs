//! The API's manners: who is let in, what is said when not, what a repeat does.

mod flood;
mod manners;
mod sign_in;
