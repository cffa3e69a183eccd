-- A user is judged by the SKUs on which their holds ended last, so that no transaction reads a row for
-- each SKU on which a user ever had a hold.
--
-- The index is built while nobody writes the table, which takes about a second for a million rows.

create index user_behavior_latest on user_behavior (user_id, weighted_at desc, sku);
drop index user_behavior_by_user;

comment on table user_behavior is
    'How the holds of a user ended, for each SKU, so that the SKU''s row lock protects the row. The score sums the user''s 64 rows with the latest weighted_at.';
