-- Who may do what, and who did it: the API keys, and the actor of each ledger entry.

create type api_key_scope as enum ('read', 'storefront', 'admin');
comment on type api_key_scope is
    'What an API key may do: read all data; reserve, confirm, cancel and read what a shop window needs; everything.';

create table api_keys (
    api_key_id uuid not null,
    name text collate "C" not null,
    scope api_key_scope not null,
    secret_sha256 bytea not null,
    created_at timestamptz not null,
    revoked_at timestamptz,
    constraint api_keys_pkey primary key (api_key_id),
    constraint api_keys_names_are_never_used_again unique (name),
    constraint api_keys_name_is_plain check (name ~ '^[A-Za-z0-9._-]{1,64}$'),
    constraint api_keys_secret_is_hashed check (octet_length(secret_sha256) = 32),
    constraint api_keys_revoked_after_they_were_made check (revoked_at >= created_at)
);
comment on table api_keys is
    'Every API key that was ever made. The key itself is nowhere: only who holds it knows it. A row stays for ever, since the ledger names keys.';
comment on column api_keys.api_key_id is 'The id of the key, a UUID of version 7; no secret.';
comment on column api_keys.name is 'What ledger.actor calls the key, behind "key:".';
comment on column api_keys.scope is 'What the key may do.';
comment on column api_keys.secret_sha256 is 'SHA-256 of the key: it has 256 random bits, which nobody can try out.';
comment on column api_keys.created_at is 'When the key was made, by the database''s clock.';
comment on column api_keys.revoked_at is 'When the key was revoked; null while it holds.';

-- Only the catalog changes: no row is visited, and who does not name the column goes on.
alter table ledger add column actor text;
comment on column ledger.actor is
    'Who asked for the change: "key:" and the name of the API key, "user:" and the id of the shopper whose token it was, "expiry" where time did it; null where nobody had to say.';
