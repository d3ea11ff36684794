/** Accounts, second factors, rights, invitations, tokens, settings, and what administrators keep. */
export const identity = {
  version: 2,
  name: 'identity',
  statements: [
    `alter table users add column language text`,
    `alter table users add column theme text`,
    `alter table users add column password_changed_at text`,
    `alter table users add column last_sign_in_at text`,
    `create index users_by_role on users (platform_role)`,
    `create index sessions_by_address on sessions (user_id, ip, created_at)`,
    `alter table organizations add column updated_at text`,
    `create index audit_logs_by_actor on audit_logs (actor_id, id desc)`,
    `create index audit_logs_by_action on audit_logs (action, id desc)`,
    `create unique index one_owner on memberships (organization_id) where role = 'owner'`,
    `create index instances_by_creator on instances (created_by)`,
    `create table challenges (
      token_hash text primary key, kind text not null, user_id text references users (id) on delete cascade,
      data text not null default '{}', ip text, misses integer not null default 0, created_at text not null,
      expires_at text not null) strict`,
    `create index challenges_by_user on challenges (user_id, kind)`,
    `create index challenges_by_expiry on challenges (expires_at)`,
    `create table waiting_links (
      id text primary key, kind text not null, email text not null, sealed_link text not null,
      token_hash text not null, created_at text not null, expires_at text not null) strict`,
    `create table mfa_totp (
      user_id text primary key references users (id) on delete cascade, sealed_secret text not null,
      verified_at text, last_step integer, created_at text not null) strict`,
    `create table recovery_codes (
      user_id text not null references users (id) on delete cascade, code_hash text not null, used_at text,
      primary key (user_id, code_hash)) strict`,
    `create table passkeys (
      id text primary key, user_id text not null references users (id) on delete cascade,
      credential_id text not null unique, public_key text not null, counter integer not null, transports text not null,
      name text not null, is_synced integer not null, rp_id text not null, created_at text not null,
      last_used_at text) strict`,
    `create index passkeys_by_user on passkeys (user_id)`,
    `create table identities (
      provider text not null, subject text not null, user_id text not null references users (id) on delete cascade,
      login text not null, email text, created_at text not null, primary key (provider, subject),
      unique (user_id, provider)) strict`,
    `create table api_tokens (
      id text primary key, user_id text not null references users (id) on delete cascade,
      organization_id text not null references organizations (id) on delete cascade, name text not null,
      token_hash text not null unique, scopes text, created_at text not null, expires_at text,
      last_used_at text, last_used_ip text) strict`,
    `create index api_tokens_by_user on api_tokens (user_id)`,
    `create table member_permissions (
      organization_id text not null, user_id text not null, key text not null, effect text not null,
      created_by text, created_at text not null, primary key (organization_id, user_id, key),
      foreign key (organization_id, user_id) references memberships (organization_id, user_id) on delete cascade) strict`,
    `create table invites (
      id text primary key, organization_id text not null references organizations (id) on delete cascade,
      email text, role text not null, denials text not null default '[]', instances text not null default '[]',
      token_hash text not null unique, invited_by text, created_at text not null, expires_at text not null,
      mailed_at text, accepted_at text, accepted_by text) strict`,
    `create index invites_by_organization on invites (organization_id, id)`,
    `create table instance_access (
      instance_id text not null references instances (id) on delete cascade,
      user_id text not null references users (id) on delete cascade, permissions text not null,
      created_by text, created_at text not null, updated_at text not null, primary key (instance_id, user_id)) strict`,
    `create index instance_access_by_user on instance_access (user_id)`,
    `create table settings (name text primary key, value text not null, updated_at text not null) strict`,
    `create table ssh_keys (
      user_id text not null references users (id) on delete cascade, name text not null, type text not null,
      bits integer not null, public_key text not null, fingerprint text not null, is_default integer not null,
      created_at text not null, primary key (user_id, name), unique (user_id, fingerprint)) strict`,
    `create table support_messages (
      id text primary key, user_id text, email text not null, organization_name text, subject text not null,
      message text not null, diagnostics text not null, created_at text not null, mailed_at text, mail_error text) strict`,
    `create index support_messages_by_user on support_messages (user_id, created_at)`,
    `create table system_backups (
      id text primary key, state text not null, "trigger" text not null, path text not null, bytes integer,
      error text, started_at text not null, finished_at text) strict`,
  ],
} as const
