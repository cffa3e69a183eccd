//! The rules of Fairhold: pure types and functions that know neither the database nor HTTP.
